import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { DenoListener } from "../../server/deno_listener.ts";

Deno.test("DenoListener answers 500 where its handler fails, also where the log cannot be written", async () => {
  using logged = stub(console, "error", () => {
    throw new Error("No space left on device (os error 28)");
  });
  const error = new Error("a bug");
  const server = new DenoListener({
    hostname: "127.0.0.1",
    port: 0,
    reusePort: false,
    maxConnections: Infinity,
    handler: () => Promise.reject(error),
  });
  const response = await fetch(server.url);
  assertEquals([response.status, await response.text()], [500, ""]);
  assertEquals(logged.calls.map(({ args }) => args), [
    ["chime: a request failed:", error],
  ]);
  await server.close();
});
