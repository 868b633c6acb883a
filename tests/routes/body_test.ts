import { assertEquals, assertMatch } from "@std/assert";
import { CapturedLog } from "../support/captured_log.ts";
import { assertProblem } from "../support/assert_problem.ts";
import {
  CLIENT,
  type InProcess,
  inProcess,
  TOKEN,
} from "../support/in_process.ts";

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
  // Cutting it is up to the listener, which answers first.
  assertEquals([sent < 2_000, isCut, endless.locked], [true, false, false]);
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

/** Publishes over HTTP as a server shows it: with these headers, and so much of the body as came. */
function post(
  chime: InProcess,
  headers: Record<string, string>,
  body: string,
): Promise<Response> {
  // Not chime.request(), which adds a Content-Length.
  return chime.instance.answer(
    new Request("http://chime.test/sse/a", {
      method: "POST",
      headers: { ...headers, authorization: `Bearer ${TOKEN}` },
      body,
    }),
    CLIENT,
  );
}

for (const length of ["", "3, 5", "-1", "0x3", "3 5"]) {
  Deno.test(`POST /sse/{channel} with Content-Length ${JSON.stringify(length)} that says no length is a 411`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await post(chime, { "content-length": length }, "abc"),
      411,
      "Cannot tell where this body ends: a publish must have a Content-Length, or be chunked over HTTP/1.1",
    );
  });
}

Deno.test("POST /sse/{channel} without Content-Length is a 411, but for a chunked one", async () => {
  await using chime = inProcess();
  for (const body of ["", "abc"]) {
    const answer = await post(chime, {}, body);
    assertEquals(answer.status, 411);
    await answer.body?.cancel();
  }
  const cut = await post(chime, { host: "chime.test" }, "abc");
  assertEquals(cut.status, 411);
  await cut.body?.cancel();
  const chunked = await post(chime, { "transfer-encoding": "chunked" }, "abc");
  assertEquals(chunked.status, 201);
});

Deno.test("POST /sse/{channel} over HTTP/1.1 without Content-Length and body publishes an empty message", async () => {
  await using chime = inProcess();
  const answer = await post(chime, { host: "chime.test" }, "");
  assertEquals(answer.status, 201);
});

for (const length of ["4", "2", "4, 4"]) {
  Deno.test(`POST /sse/{channel} with 3 bytes and Content-Length ${length} is a 400`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await post(chime, { "content-length": length }, "abc"),
      400,
      `Cannot take 3 bytes: a body must be as long as its Content-Length, ${
        length[0]
      }`,
    );
  });
}

Deno.test("POST /sse/{channel} takes a Content-Length that is repeated", async () => {
  await using chime = inProcess();
  const answer = await post(chime, { "content-length": "3, 3" }, "abc");
  assertEquals(answer.status, 201);
});

Deno.test("POST /sse/{channel} whose client leaves within the body is a 503, and logs nothing", async () => {
  await using chime = inProcess();
  using log = new CapturedLog();
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("aborted")),
  });
  const answer = await chime.publish("/sse/a", body);
  assertEquals(answer.status, 503);
  await answer.body?.cancel();
  assertEquals(log.lines, []);
});

Deno.test("POST /sse/{channel} takes a chunked body that is as large as a body may be", async () => {
  await using chime = inProcess();
  const chunked = { "transfer-encoding": "chunked" };
  const answer = await post(chime, chunked, "x".repeat(1_000));
  assertEquals(answer.status, 201);
});

/** A body of which more can be sent at any time. */
function openBody() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    start: (its) => {
      controller = its;
    },
  });
  return { body, controller };
}

Deno.test("POST /sse/{channel} whose body pauses for 30 s is a 408, and the body can still be dropped", async () => {
  await using chime = inProcess();
  const { body, controller } = openBody();
  let status: number | undefined;
  const answer = chime.publish("/sse/a", body);
  answer.then((answer) => status = answer.status);
  for (let i = 0; i < 3; i++) {
    controller.enqueue(new Uint8Array(1));
    await chime.time.tickAsync(29_999);
    assertEquals(status, undefined);
  }
  await chime.time.tickAsync(1);
  await assertProblem(
    await answer,
    408,
    "Cannot wait for this body: it must not pause for more than 30 s",
  );
  assertEquals(body.locked, false);
  assertEquals(chime.log.lines, ["warn a publish was refused"]);
});

Deno.test("POST /sse/{channel} whose body sends frames without a byte pauses, too", async () => {
  await using chime = inProcess();
  const { body, controller } = openBody();
  const answer = chime.publish("/sse/a", body);
  for (let i = 0; i < 6; i++) {
    controller.enqueue(new Uint8Array());
    await chime.time.tickAsync(5_000);
  }
  const { status, body: problem } = await answer;
  assertEquals(status, 408);
  await problem?.cancel();
  const metrics = await chime.request("/metrics");
  assertMatch(
    await metrics.text(),
    /^chime_refused_total\{reason="slow_body"\} 1$/m,
  );
});

Deno.test("POST /sse/{channel} leaves no timer, however its body ends", async () => {
  await using chime = inProcess();
  const { timerCount } = chime.time;
  const whole = openBody();
  whole.controller.enqueue(new TextEncoder().encode("a"));
  whole.controller.close();
  assertEquals((await chime.publish("/sse/a", whole.body)).status, 201);
  const broken = openBody();
  broken.controller.error(new Error("aborted"));
  const answer = await chime.publish("/sse/a", broken.body);
  assertEquals(answer.status, 503);
  await answer.body?.cancel();
  assertEquals(chime.time.timerCount, timerCount);
});
