import { assert, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { readBody } from "../../routes/body.ts";
import { toHttpError } from "../../routes/to_http_error.ts";
import { listen } from "../../server/listen.ts";
import { LISTENER, LISTENER_OPTIONS } from "../support/listener.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { within } from "../support/within.ts";

/** Short enough for a test, and longer than bytes take between two sockets. */
const LIMITS = { maxBytes: 1_000, maxSilenceMs: 400 };

for (
  const [what, headers, first] of [
    ["with a length", "Content-Length: 100\r\n", "x"],
    ["in chunks", "Transfer-Encoding: chunked\r\n", "1\r\nx\r\n"],
    ["that does not begin", "Content-Length: 100\r\n", ""],
  ] as const
) {
  Deno.test(`A body ${what} that falls silent is answered with a 408, and its connection is closed`, async () => {
    const listener = await listen(LISTENER, {
      ...LISTENER_OPTIONS,
      handler: (request) =>
        readBody(request, LIMITS).then(
          (text) => new Response(text),
          (error) => toHttpError(error).toResponse("id"),
        ),
    });
    using socket = await RawSocket.open({
      port: Number(new URL(listener.url).port),
    });
    await socket.send(`POST / HTTP/1.1\r\nHost: h\r\n${headers}\r\n${first}`);
    const startedAt = performance.now();
    assertMatch(
      await socket.until("\r\n\r\n"),
      /^HTTP\/1.1 408 [^]*\r\nconnection: close\r\n/i,
    );
    const ms = performance.now() - startedAt;
    assert(ms >= LIMITS.maxSilenceMs - 10, `${ms} ms`);
    if (LISTENER === "deno") {
      // `Deno.serve` cannot cut a connection while it waits for the body's next byte.
      await delay(1_100);
      await socket.send("1\r\nx\r\n");
    }
    assertMatch(await socket.rest(), /must not pause for more than 0.4 s/);
    await within(listener.close());
  });
}

Deno.test("A body that goes on before it is silent for too long is read", async () => {
  const listener = await listen(LISTENER, {
    ...LISTENER_OPTIONS,
    handler: async (request) => new Response(await readBody(request, LIMITS)),
  });
  using socket = await RawSocket.open({
    port: Number(new URL(listener.url).port),
  });
  await socket.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\n");
  for (const letter of "abcdefgh") {
    await delay(100);
    await socket.send(letter);
  }
  assertMatch(await socket.until("abcdefgh"), /^HTTP\/1.1 200 /);
  await within(listener.close());
});
