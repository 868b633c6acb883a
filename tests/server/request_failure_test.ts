import { assert, assertEquals } from "@std/assert";
import { sendLogTo } from "../../log/log.ts";
import { DenoListener } from "../../server/deno_listener.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { LISTENER_OPTIONS } from "../support/listener.ts";

function start(): DenoListener {
  return new DenoListener({
    ...LISTENER_OPTIONS,
    handler: () => Promise.reject(new Error("a bug")),
  });
}

Deno.test("DenoListener answers 500 where its handler fails, with a request id that is logged", async () => {
  using captured = new CapturedLog();
  const server = start();
  const response = await fetch(server.url);
  const problem = await response.json();
  assertEquals([response.status, problem.status], [500, 500]);
  assertEquals(captured.lines, ["error a request failed"]);
  const { error, requestId } = captured.records[0]!.fields;
  assertEquals(error, "Error: a bug");
  assert(requestId);
  assertEquals(response.headers.get("x-request-id"), requestId);
  assertEquals(problem.requestId, requestId);
  await server.close();
});

Deno.test("DenoListener answers 500 where its handler fails, also where the log cannot be written", async () => {
  let calls = 0;
  const restore = sendLogTo({
    write() {
      calls++;
      throw new Error("No space left on device (os error 28)");
    },
  });
  const server = start();
  const response = await fetch(server.url);
  await response.body?.cancel();
  assertEquals(response.status, 500);
  assertEquals(calls, 1);
  await server.close();
  restore();
});
