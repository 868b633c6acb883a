import { assertEquals, assertMatch } from "@std/assert";

/**
 * Returns a server's metrics, by their names with labels: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export async function scrape(
  url: string,
  signal?: AbortSignal,
): Promise<Map<string, number>> {
  const response = await fetch(`${url}metrics`, { signal: signal ?? null });
  assertEquals(response.status, 200);
  assertMatch(response.headers.get("content-type")!, /^text\/plain; version=/);
  const lines = (await response.text()).split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const end = line.lastIndexOf(" ");
    return [line.slice(0, end), Number(line.slice(end + 1))];
  }));
}
