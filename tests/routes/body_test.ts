import { assertEquals } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { inProcess, TOKEN } from "../support/in_process.ts";

Deno.test("POST /sse/{channel} with a body that is no UTF-8 is refused", async () => {
  await using chime = inProcess();
  await assertProblem(
    await chime.publish("/sse/a", new Uint8Array([0xff])),
    400,
    "Cannot take this body: it must be UTF-8",
  );
});

Deno.test("POST /sse/{channel} with a body too large is refused before it is read whole", async () => {
  await using chime = inProcess();
  const detail = "Cannot take this body: it must have 1000 bytes at most";
  assertEquals((await chime.publish("/sse/a", "x".repeat(1_000))).status, 201);
  await assertProblem(
    await chime.publish("/sse/a", "x".repeat(1_001)),
    413,
    detail,
  );
  let sent = 0;
  let isCut = false;
  const endless = new ReadableStream({
    pull(controller) {
      sent += 100;
      controller.enqueue(new Uint8Array(100));
    },
    cancel() {
      isCut = true;
    },
  });
  await assertProblem(await chime.publish("/sse/a", endless), 413, detail);
  assertEquals([sent < 2_000, isCut], [true, true]);
});

Deno.test("POST /sse/{channel} judges by Content-Length, and reads nothing of a body too large", async () => {
  await using chime = inProcess();
  const post = (length: number, body: BodyInit) =>
    chime.request("/sse/a", {
      method: "POST",
      body,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-length": `${length}`,
      },
    });
  assertEquals((await post(1_000, "x".repeat(1_000))).status, 201);
  let isRead = false;
  const body = new ReadableStream({
    pull(controller) {
      isRead = true;
      controller.close();
    },
  }, { highWaterMark: 0 });
  await assertProblem(
    await post(1_001, body),
    413,
    "Cannot take this body: it must have 1000 bytes at most",
  );
  assertEquals(isRead, false);
});
