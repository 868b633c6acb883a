import { assertEquals } from "@std/assert";
import { inProcess } from "../support/in_process.ts";

Deno.test("GET /healthz says that the process answers, and its time", async () => {
  await using chime = inProcess();
  const response = await chime.request("/healthz");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("cache-control"), "no-store");
  const { status, version, now } = await response.json();
  assertEquals(status, "ok");
  assertEquals(version, "1.2.3");
  assertEquals(now, Date.now());
});
