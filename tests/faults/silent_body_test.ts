import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { MAX_SILENCE_MS } from "../../routes/body.ts";
import { untilLogged } from "../support/log_lines.ts";
import { scrape } from "../support/metrics.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";

const HEAD = "POST /sse/a HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\n";
const LENGTH = "Content-Length: 2\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n";

/** Bodies that bring nothing more: what is sent at first, and then twice a second. */
const SILENT = [
  ["with a length", `${HEAD}${LENGTH}\r\nx`, ""],
  ["that does not begin", `${HEAD}${LENGTH}\r\n`, ""],
  [
    "that was asked for",
    `${HEAD}${LENGTH}Expect: 100-continue\r\n\r\n`,
    "",
  ],
  ["in chunks", `${HEAD}${CHUNKED}\r\n1\r\nx\r\n`, ""],
  // These bytes are none of the body's.
  ["with a long chunk extension", `${HEAD}${CHUNKED}\r\n1;`, "x"],
  ["with a long trailer", `${HEAD}${CHUNKED}\r\n1\r\nx\r\n0\r\nx`, "y"],
] as const;

Deno.test("A body that pauses for 30 s is answered with a 408 and counted, whatever else is sent", async () => {
  await using server = await startServer([
    ...["--port", "0", "--token", "t", "--access-log"],
  ]);
  const endMs = performance.now() + MAX_SILENCE_MS;
  await Promise.all(SILENT.map(async ([what, first, then]) => {
    using socket = await RawSocket.open(server);
    await socket.send(first);
    while (performance.now() < endMs - 1_000) {
      if (then) await socket.send(then);
      await delay(500);
    }
    const answer = await socket.until("30 s");
    const ms = Math.round(performance.now() - endMs + MAX_SILENCE_MS);
    console.log(`a body ${what} is answered after ${ms} ms`);
    assertMatch(
      answer,
      /^(?:HTTP\/1.1 100 .*\r\n\r\n)?HTTP\/1.1 408 [^]*\r\nconnection: close\r\n/i,
    );
    assert(performance.now() > endMs - 100, what);
  }));
  const metrics = await until(async () => {
    const metrics = await scrape(server.url);
    const count = metrics.get('chime_refused_total{reason="slow_body"}');
    return count === SILENT.length && metrics;
  });
  assertEquals(
    metrics.get(
      'chime_http_responses_total{method="POST",route="/sse/*",status="408"}',
    ),
    SILENT.length,
  );
  const lines = await untilLogged(
    server,
    /^info request status=408 /,
    SILENT.length,
  );
  assertEquals(lines.length, SILENT.length);
  assertMatch(lines[0]!, / address=127.0.0.1 requestId=\S{36}/);
});
