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
  const response = closeAfter(request, answer("text/event-stream", "close"));
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
    ["over HTTP/2", {}, "text/event-stream"],
    ["of a document", HTTP1, "application/problem+json"],
    ["to HEAD", { ...HTTP1, method: "HEAD" }, "text/event-stream"],
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
  const response = answer("text/event-stream");
  assertEquals(closeAfter(new Request("http://h/", HTTP1), response), response);
  assertEquals(await response.text(), "the bytes");
});
