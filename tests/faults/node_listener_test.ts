import { assert, assertEquals, assertMatch } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { publish } from "../support/publish.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";
import { within } from "../support/within.ts";
import { logLines } from "../support/log_lines.ts";
import { rawRequest } from "./raw_request.ts";

const HOST = "HTTP/1.1\r\nHost: h\r\n";
const TOKEN = "Authorization: Bearer t\r\n";

/** What is answered with an error status over `node:http`, and the connection can be used again or is closed. */
const ODD = [
  [`OPTIONS * ${HOST}\r\n`, 204],
  [`TRACE / ${HOST}\r\n`, 405],
  [`TRACE /nowhere ${HOST}\r\n`, 404],
  [`CONNECT h:80 ${HOST}\r\n`, 405],
  [`GET /healthz ${HOST}Content-Length: 3\r\n\r\nabc`, 200],
  [`GET /healthz ${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 200],
  [`HEAD /healthz ${HOST}Content-Length: 3\r\n\r\nabc`, 200],
  [`GET / ${HOST}Upgrade: websocket\r\nConnection: upgrade\r\n\r\n`, 200],
  ["GET /healthz HTTP/1.1\r\nHost: h?x\r\n\r\n", 400],
  [`GET /healthz HTTP/1.1\r\nHost: \x01\r\n\r\n`, 400],
  [`GET /${"x".repeat(20_000)} ${HOST}\r\n`, 431],
  [`GET / ${HOST}X: ${"x".repeat(20_000)}\r\n\r\n`, 431],
  [`GET / ${HOST}no header\r\n\r\n`, 400],
  ["NONSENSE / HTTP/1.1\r\nHost: h\r\n\r\n", 400],
  ["GET / HTTP/3.0\r\nHost: h\r\n\r\n", 400],
  ["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ["\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03", 400],
  ["\r\n\r\n\r\nnonsense\r\n\r\n", 400],
  [`POST /sse/a ${HOST}${TOKEN}Content-Length: x\r\n\r\n`, 400],
  [
    `POST /sse/a ${HOST}${TOKEN}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n`,
    400,
  ],
  [
    `POST /sse/a ${HOST}${TOKEN}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    400,
  ],
] as const;

for (const workers of [1, 2]) {
  const start = (...args: string[]) =>
    startServer([
      ...["--listener", "node", "--port", "0", "--token", "t"],
      ...["--workers", `${workers}`, ...args],
    ]);

  Deno.test(`--listener node answers what no Request can be made of, and logs nothing, with ${workers} workers`, async () => {
    await using server = await start();
    for (const [text, status] of ODD) {
      using socket = await RawSocket.open(server);
      await socket.send(text);
      const head = await socket.until("\r\n\r\n");
      assertMatch(head, new RegExp(`^HTTP/1.1 ${status} `), text.slice(0, 99));
    }
    await assertServes(server);
  });

  Deno.test(`--listener node outlives clients that leave anywhere in a request or an answer, with ${workers} workers`, async () => {
    await using server = await start();
    const post = `POST /sse/a ${HOST}${TOKEN}`;
    for (
      const text of [
        "",
        "GET",
        `GET / ${HOST}`,
        `${post}Content-Length: 5\r\n\r\nab`,
        `${post}Transfer-Encoding: chunked\r\n\r\n5\r\nab`,
        `${post}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
        `${post}Content-Length: 300000\r\n\r\nab`,
        `GET /static/style.css ${HOST}\r\n`,
        `GET /sse/ ${HOST}\r\n`,
        `GET /sse/a ${HOST}\r\nGET /sse/a ${HOST}\r\n`,
        `GET /static/style.css ${HOST}\r\n`.repeat(300),
        `CONNECT h:80 ${HOST}\r\n`,
        "nonsense\r\n\r\n",
      ]
    ) {
      for (let i = 0; i < 5; i++) {
        using socket = await RawSocket.open(server);
        await socket.send(text);
      }
    }
    // A stream that its client leaves without a word: the next events find it out.
    await publish(server.url, "a", "1");
    await until(async () =>
      (await publish(server.url, "a", "2")).clients === 0
    );
    await assertServes(server);
  });

  Deno.test(`--listener node sends a stream to HTTP/1.0 as it is, and in chunks to HTTP/1.1, and closes at its end, with ${workers} workers`, async () => {
    await using server = await start();
    using old = await RawSocket.open(server);
    await old.send("GET /sse/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    using plain = await RawSocket.open(server);
    await plain.send(`GET /sse/a ${HOST}\r\n`);
    assertMatch(await old.until("\r\n\r\n"), /\r\nConnection: close\r\n/i);
    assertMatch(
      await plain.until("\r\n\r\n"),
      /\r\nTransfer-Encoding: chunked\r\n/i,
    );
    await until(async () =>
      (await publish(server.url, "a", "x".repeat(300))).clients === 2
    );
    await server.kill();
    const body = await old.rest();
    assertMatch(
      body,
      /^retry:\d{4}\nevent: status\ndata: {"state":"live"}\nid: .*\n\n(?:data: x{300}\nid: .*\n\n)+retry:.*\n/,
    );
    assert(body.endsWith('\nevent: status\ndata: {"state":"draining"}\n\n'));
    const chunks = await plain.rest();
    assertMatch(chunks, /^[\da-f]+\r\nretry:\d{4}\nevent: status\n/);
    assert(chunks.endsWith('{"state":"draining"}\n\n\r\n0\r\n\r\n'), chunks);
    const text = decodeChunks(chunks);
    assertEquals(
      text.replace(/retry:.*\n/g, ""),
      body.replace(/retry:.*\n/g, ""),
    );
  });

  Deno.test(`--listener node answers HEAD of a stream with the head alone, and opens none, with ${workers} workers`, async () => {
    await using server = await start();
    for (const path of ["/sse/", "/sse/a"]) {
      const { status, head, body } = await rawRequest(
        server.port,
        `HEAD ${path} ${HOST}\r\n`,
      );
      assertEquals([status, body], [200, ""]);
      assertMatch(head, /\r\ncontent-type: text\/event-stream/);
    }
    assertEquals((await publish(server.url, "a", "1")).clients, 0);
  });

  Deno.test(`--listener node destroys a connection with a request after a stream, and answers others in turn, with ${workers} workers`, async () => {
    await using server = await start();
    const stream = `GET /sse/a ${HOST}\r\n`;
    const health = `GET /healthz ${HOST}\r\n`;
    using together = await RawSocket.open(server);
    await together.send(stream + health);
    assertEquals((await together.rest()).match(/HTTP\/1.1/g)?.length, 1);

    using apart = await RawSocket.open(server);
    await apart.send(stream);
    await apart.until("retry:");
    await apart.send("POST /sse/a HTTP/1.1\r\nContent-Length: 9\r\n\r\n");
    assert(!(await apart.rest()).includes("HTTP/1.1"));

    using broken = await RawSocket.open(server);
    await broken.send(stream);
    await broken.until("retry:");
    await broken.send("nonsense\r\n\r\n");
    assert(!(await broken.rest()).includes("HTTP/1.1"));

    using many = await RawSocket.open(server);
    const page = `GET /static/style.css ${HOST}\r\n`;
    await many.send(page + health + `OPTIONS * ${HOST}\r\n` + stream);
    const answers = await many.until("retry:");
    const types = [...answers.matchAll(/^content-type: (.*)\r$/gm)];
    assertEquals(types.map(([, type]) => type!.split(";")[0]), [
      "text/css",
      "application/json",
      "text/event-stream",
    ]);
    await until(async () =>
      (await publish(server.url, "a", "1")).clients === 1
    );
    await many.until("data: 1\n");
    await assertServes(server);
  });

  Deno.test(`--listener node ends within 5 s though a client reads nothing, with ${workers} workers`, async () => {
    await using server = await start("--max-body", "1MiB");
    using socket = await RawSocket.open(server);
    await socket.send(`GET /sse/a ${HOST}\r\n`);
    await until(async () =>
      (await publish(server.url, "a", "1")).clients === 1
    );
    for (let i = 0; i < 12; i++) {
      await publish(server.url, "a", "x".repeat(1_000_000));
    }
    await using reader = await EventReader.open(`${server.url}sse/`);
    await reader.take(1);
    const { code } = await within(server.kill(), { deadlineMs: 5_000 });
    assertEquals(code, 0);
    assertEquals((await reader.rest()).at(-1)!.data, '{"state":"draining"}');
  });
}

/** Asserts that the server answers, and that it has logged nothing but publishes that were too large. */
async function assertServes(server: ServerProcess): Promise<void> {
  const response = await fetch(`${server.url}healthz`);
  assertEquals((await response.json()).status, "ok");
  assertEquals(
    logLines(server.log).filter((line) => !line.includes(" status=413 ")),
    [],
  );
}

/** Decodes a body that was sent in chunks. */
function decodeChunks(chunks: string): string {
  let text = "";
  for (let at = 0;;) {
    const end = chunks.indexOf("\r\n", at);
    const size = parseInt(chunks.slice(at, end), 16);
    if (size === 0) return text;
    text += chunks.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}
