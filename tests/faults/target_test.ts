import { assert, assertEquals, assertMatch } from "@std/assert";
import http2 from "node:http2";
import { HAS_HTTP2, LISTENER } from "../support/listener.ts";
import { startServer } from "../support/server_process.ts";
import { rawRequest } from "./raw_request.ts";

const REFUSED = [
  ...["/sse/.", "/sse/..", "/sse/%2e", "/sse/x/../", "/static/../sse/news"],
  ...["/sse//news", "//sse/news", "/healthz/", "/sse/a%2fb", "/sse/a%2Cb"],
  ...["/sse/a\\b", "/sse/a%5cb", "/sse/%252e", "/sse/%zz", "/sse/%E9"],
  ...["/sse/a%00b", "/sse/%C3", "/sse/news?since=%E9", "/healthz%3fx"],
];
/** What Deno itself refuses, or cuts off, over one of the protocols. */
const REFUSED_OVER_HTTP1 = ["/healthz#x", "/healthz?x#y", "/sse/caf\xc3\xa9"];

/** Asks over HTTP/2 for a target as it is written. */
async function ask2(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; body: string }> {
  const session = http2.connect(url);
  try {
    return await new Promise((resolve, reject) => {
      const stream = session.request(headers);
      let status = 0;
      let body = "";
      stream.setEncoding("utf8");
      stream.setTimeout(5_000, () => reject(new Error("No answer")));
      stream.on("response", (headers) => status = Number(headers[":status"]));
      stream.on("data", (chunk: string) => body += chunk);
      stream.on("end", () => resolve({ status, body }));
      stream.on("error", reject);
    });
  } finally {
    await new Promise<void>((resolve) => session.close(resolve));
  }
}

for (const workers of [1, 2]) {
  const args = ["--port", "0", "--token", "t", "--workers", `${workers}`];

  Deno.test(`A path that a proxy could read otherwise is a 400 over HTTP/1.0, 1.1 and 2, with ${workers} workers`, async () => {
    await using server = await startServer(args);
    for (const target of [...REFUSED, ...REFUSED_OVER_HTTP1]) {
      for (
        const head of ["HTTP/1.0", "HTTP/1.1\r\nHost: h\r\nConnection: close"]
      ) {
        const { status, body } = await rawRequest(
          server.port,
          `GET ${target} ${head}\r\n\r\n`,
        );
        assertEquals(status, 400, `${target} ${head}`);
        assertMatch(body, /"detail":"Cannot read the /, target);
      }
    }
    for (const target of HAS_HTTP2 ? REFUSED : []) {
      const { status, body } = await ask2(server.url, { ":path": target });
      assertEquals(status, 400, target);
      assertMatch(body, /"detail":"Cannot read the /, target);
    }
  });

  Deno.test(`A Host that is malformed is a 400, and HTTP/1.0 and 2 need none, with ${workers} workers`, async () => {
    await using server = await startServer(args);
    for (
      const host of [
        ...[
          "",
          "h?x",
          "h#x",
          "h/x",
          "u@h",
          "u:p@h",
          "a b",
          "h:x",
          "a,b",
          "h\\",
        ],
        ...["h:99999", "[::1", "*", "\xc3\xa9", "%41", ".", ".h", "-h"],
      ]
    ) {
      for (const version of ["1.0", "1.1"]) {
        const { status, body } = await rawRequest(
          server.port,
          `GET /healthz HTTP/${version}\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
        );
        assertEquals(status, 400, host);
        assertMatch(body, /"detail":"Cannot read the host /, host);
      }
    }
    const twice = await rawRequest(
      server.port,
      "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n",
    );
    assertEquals(twice.status, 400);
    const none = await rawRequest(server.port, "GET /healthz HTTP/1.0\r\n\r\n");
    assertEquals(none.status, 200);
    if (!HAS_HTTP2) return;
    for (
      const [headers, status] of [
        [{ ":path": "/healthz" }, 200],
        [{ ":path": "/healthz", ":authority": "h:81" }, 200],
        [{ ":path": "/healthz", ":authority": "u@h" }, 400],
        [{ ":path": "/healthz", ":authority": "h", "host": "h?x" }, 400],
      ] as const
    ) assertEquals((await ask2(server.url, headers)).status, status);
  });

  Deno.test(`OPTIONS * is a 204, a URL is read as a path, and coded bodies are a 501, with ${workers} workers`, async () => {
    await using server = await startServer(args);
    const ask = (head: string, body = "") =>
      rawRequest(server.port, `${head}\r\nConnection: close\r\n\r\n${body}`);
    for (const head of ["HTTP/1.0", "HTTP/1.1\r\nHost: h"]) {
      assertEquals((await ask(`OPTIONS * ${head}`)).status, 204);
    }
    const options = { ":method": "OPTIONS", ":path": "*" };
    if (HAS_HTTP2) {
      assertEquals((await ask2(server.url, options)).status, 204);
    }

    const host = "HTTP/1.1\r\nHost: h";
    assertEquals((await ask(`GET http://h/healthz ${host}`)).status, 200);
    for (
      const url of ["http://u@h/healthz", "ftp://h/healthz", "http://h/x/.."]
    ) {
      assertEquals((await ask(`GET ${url} ${host}`)).status, 400, url);
    }

    const post = `POST /sse/news ${host}\r\nAuthorization: Bearer t`;
    const chunked = "5\r\nHello\r\n0\r\n\r\n";
    for (
      const [coding, status] of [
        ["chunked", 201],
        ["Chunked", 201],
        ["gzip, chunked", 501],
        ["gzip,chunked", 501],
        ["gzip\r\nTransfer-Encoding: chunked", 501],
        // Deno itself answers this.
        ["gzip", 400],
      ] as const
    ) {
      const answer = await ask(
        `${post}\r\nTransfer-Encoding: ${coding}`,
        chunked,
      );
      assertEquals(answer.status, status, coding);
    }
    assert(!server.log.includes("failed"), server.log);
  });
}

Deno.test("A body whose length is sent twice is not read beyond what a body may be", async () => {
  await using server = await startServer([
    ...["--port", "0", "--token", "t", "--max-body", "10"],
  ]);
  // The parser of `node:http` refuses every body whose length is sent twice.
  const statuses = LISTENER === "node" ? [400, 400] : [201, 413];
  for (const [i, length] of [10, 11].entries()) {
    const twice = `Content-Length: ${length}\r\n`.repeat(2);
    const answer = await rawRequest(
      server.port,
      `POST /sse/news HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer t\r\n` +
        `Connection: close\r\n${twice}\r\n${"x".repeat(length)}`,
    );
    assertEquals(answer.status, statuses[i]);
  }
});
