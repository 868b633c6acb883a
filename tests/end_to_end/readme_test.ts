import { assert, assertEquals } from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { HELP } from "../../config/help.ts";
import { atPort, Curl, hasCurl } from "../support/curl.ts";
import { startServer } from "../support/server_process.ts";
import { type Example, PAGES } from "../support/pages.ts";
import { until } from "../support/until.ts";

/** Returns how many streams carry the channel `news`: publishing nothing tells. */
async function countClients(url: string): Promise<number> {
  const response = await fetch(`${url}sse/news`, {
    method: "POST",
    headers: {
      "authorization": "Bearer secret",
      "content-type": "application/x-ndjson",
    },
  });
  return (await response.json()).clients;
}

/** Pages whose server needs more than a token. Each has a test of its own. */
const OTHERS = ["docs/access.md"];

for (const { name, examples } of PAGES) {
  if (OTHERS.includes(name)) continue;
  const curls = examples.filter(({ command }) => command.includes("curl "));
  if (curls.length === 0) continue;
  Deno.test({
    name: `The curl lines of ${name} print what it shows, run as written${
      hasCurl ? "" : " (skipped: no curl)"
    }`,
    ignore: !hasCurl,
    fn: () => assertPrinted(curls),
  });
}

/** Runs the commands in their order, against a server of their own. */
async function assertPrinted(examples: readonly Example[]): Promise<void> {
  await using server = await startServer([
    ...["--port", "0", "--token", "secret"],
  ]);
  const here = (example: Example) => atPort(example, server.port);
  // Streams that begin with the next event are opened before anything is published.
  const isFresh = ({ command }: Example) =>
    command.includes("-N") && command.includes("news") &&
    !/since|latest/.test(command);
  const streams = examples.filter(isFresh).map((example) =>
    new Curl(here(example))
  );
  await until(async () => await countClients(server.url) >= streams.length);
  for (const example of examples) {
    if (isFresh(example)) continue;
    await new Curl(here(example)).assertPrinted();
  }
  for (const stream of streams) await stream.assertPrinted();
}

Deno.test("The documentation has curl lines, on the README and on docs/http.md", () => {
  for (const page of ["README.md", "docs/http.md"]) {
    const { examples } = PAGES.find(({ name }) => name === page)!;
    assert(examples.some(({ command }) => command.includes("curl ")), page);
  }
});

Deno.test("The documentation shows --help as it is", () => {
  const shown = PAGES.flatMap(({ examples }) => examples)
    .filter(({ command }) => command.endsWith("--help"));
  assert(shown.length > 0);
  for (const { printed } of shown) assertEquals(printed.trim(), HELP.trim());
});

Deno.test("The tasks that the documentation names are there", () => {
  const named = PAGES.flatMap(({ text }) => [
    ...text.matchAll(/\bdeno(?:@[\d.]+)? task ([a-z]+)/g),
  ]).map(([, name]) => name!);
  assert(named.length > 5);
  for (const name of named) assert(name in manifest.tasks, name);
});
