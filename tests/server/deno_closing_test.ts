import { STREAM_TYPE } from "../../routes/stream.ts";
import { assert, assertEquals } from "@std/assert";
import { closeAfter, isClosing } from "../../server/deno_closing.ts";

const HTTP1 = { headers: { host: "h" } };

function answer(type: string, connection?: string): Response {
  const headers = new Headers({ "content-type": type, "x-other": "1" });
  if (connection) headers.set("connection", connection);
  return new Response("the bytes", { status: 200, headers });
}

Deno.test("closeAfter makes a stream's body fail after its bytes, over HTTP/1", async () => {
  const request = new Request("http://h/", HTTP1);
  const response = closeAfter(request, answer(STREAM_TYPE, "close"));
  assertEquals(response.headers.get("connection"), "close");
  assertEquals(response.headers.get("x-other"), "1");
  const reader = response.body!.getReader();
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value), "the bytes");
  const error = await reader.read().then(() => undefined, (error) => error);
  assert(isClosing(error));
  assert(!isClosing(new Error("another")));
});

for (
  const [what, init, type] of [
    ["over HTTP/2", {}, STREAM_TYPE],
    ["of a document", HTTP1, "application/problem+json"],
    ["to HEAD", { ...HTTP1, method: "HEAD" }, STREAM_TYPE],
  ] as const
) {
  Deno.test(`closeAfter leaves an answer ${what} whole, and it announces nothing`, async () => {
    const request = new Request("http://h/", init);
    const response = closeAfter(request, answer(type, "close"));
    assertEquals(response.headers.get("connection"), null);
    assertEquals(await response.text(), "the bytes");
  });
}

Deno.test("closeAfter leaves alone what is not to be closed", async () => {
  const response = answer(STREAM_TYPE);
  assertEquals(closeAfter(new Request("http://h/", HTTP1), response), response);
  assertEquals(await response.text(), "the bytes");
});

/** A body that goes on for ever, and counts how often it was canceled. */
function endless() {
  const state = { canceled: 0 };
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(3)),
    cancel: () => {
      state.canceled++;
    },
  }, { highWaterMark: 0 });
  return { state, body };
}

for (
  const long of [
    { "transfer-encoding": "chunked" },
    { "content-length": `${1024 * 1024 + 1}` },
  ]
) {
  Deno.test(`closeAfter cuts the answer to a GET with ${Object.entries(long)} after its first chunk`, async () => {
    const request = new Request("http://h/", {
      headers: { host: "h", ...long },
    });
    const { state, body } = endless();
    const headers = { "content-length": "6" };
    const response = closeAfter(request, new Response(body, { headers }));
    assertEquals(response.headers.get("content-length"), null);
    const reader = response.body!.getReader();
    assertEquals((await reader.read()).value?.length, 3);
    const error = await reader.read().then(() => undefined, (error) => error);
    assert(isClosing(error));
    assertEquals(state.canceled, 1);
  });
}

Deno.test("closeAfter cuts no answer to a GET with a short body, to another method, or over HTTP/2", () => {
  for (
    const [method, headers] of [
      ["GET", { host: "h", "content-length": `${1024 * 1024}` }],
      ["POST", { host: "h", "content-length": "9999999" }],
      ["GET", { "content-length": "9999999" }],
    ] as const
  ) {
    const response = answer("text/plain");
    const request = new Request("http://h/", { method, headers });
    assertEquals(closeAfter(request, response), response);
  }
});

Deno.test("closeAfter leaves a stream when its client leaves", async () => {
  const headers = { host: "h", "transfer-encoding": "chunked" };
  const { state, body } = endless();
  const response = closeAfter(
    new Request("http://h/", { headers }),
    new Response(body),
  );
  await response.body!.cancel();
  assertEquals(state.canceled, 1);
});
