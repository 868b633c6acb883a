import { assert, assertEquals, assertRejects } from "@std/assert";
import { httpGet } from "../../access/http_get.ts";
import { fakeApplication } from "../support/fake_application.ts";

const OPTIONS = { headers: {}, timeoutMs: 5_000, maxBytes: 100 };

/** A server that answers each connection with bytes, and notes what it was sent. Without `isKept` it then closes it. */
function rawServer(bytes: string, isKept = false) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const sent: string[] = [];
  const sockets: Deno.Conn[] = [];
  let closed = 0;
  const serve = async (socket: Deno.Conn) => {
    sockets.push(socket);
    const buffer = new Uint8Array(4_096);
    try {
      const count = await socket.read(buffer) ?? 0;
      sent.push(new TextDecoder("latin1").decode(buffer.subarray(0, count)));
      await socket.write(Uint8Array.from(bytes, (c) => c.charCodeAt(0)));
      if (isKept) { while (await socket.read(buffer) !== null); }
    } catch {
      // The client has left.
    }
    closed++;
    socket.close();
  };
  const served = (async () => {
    const all = [];
    for await (const socket of listener) all.push(serve(socket));
    await Promise.all(all);
  })();
  return {
    url: new URL(`http://127.0.0.1:${listener.addr.port}/auth?a=b`),
    sent,
    get closed() {
      return closed;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await served;
    },
  };
}

Deno.test("httpGet sends the headers given, byte by byte, and no other but Host and Connection", async () => {
  const headers = { "cookie": "a=\xe9; b", "user-agent": "x", "origin": "y" };
  await using server = rawServer("HTTP/1.1 200 OK\r\n\r\n{}");
  await httpGet(server.url, { ...OPTIONS, headers });
  await httpGet(server.url, OPTIONS);
  const { host } = server.url;
  const own = [`host: ${host}`, "connection: close"];
  assertEquals(
    server.sent.map((text) => {
      const [line, ...fields] = text.trimEnd().split("\r\n");
      return [
        line,
        ...fields.map((field) =>
          field.replace(/^[^:]*/, (name) => name.toLowerCase())
        ),
      ];
    }),
    [
      [
        "GET /auth?a=b HTTP/1.1",
        ...["cookie: a=\xe9; b", "user-agent: x", "origin: y"],
        ...own,
      ],
      ["GET /auth?a=b HTTP/1.1", ...own],
    ],
  );
});

Deno.test("httpGet resolves with the status, Cache-Control, and the body of a 200", async () => {
  await using server = fakeApplication((request) => {
    const status = Number(new URL(request.url).searchParams.get("status"));
    return new Response("x".repeat(100), {
      status,
      headers: { "cache-control": "max-age=5", "location": "/elsewhere" },
    });
  });
  for (const status of [200, 201, 203, 302, 307, 401, 403, 404, 500]) {
    const url = new URL(`${server.url}?status=${status}`);
    const answer = await httpGet(url, OPTIONS);
    assertEquals([answer.status, answer.cacheControl], [status, "max-age=5"]);
    assertEquals(answer.body.length, status === 200 ? 100 : 0);
  }
  // No redirect was followed.
  assertEquals(server.questions.length, 9);
});

Deno.test("httpGet refuses a body that is larger than allowed, with and without a length, and reads no other", async () => {
  for (
    const [head, body] of [
      ["HTTP/1.1 200 OK\r\ncontent-length: 101\r\n\r\n", "x".repeat(101)],
      ["HTTP/1.1 200 OK\r\n\r\n", "x".repeat(101)],
      [
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        `65\r\n${"x".repeat(101)}\r\n0\r\n\r\n`,
      ],
    ] as const
  ) {
    await using server = rawServer(head + body);
    await assertRejects(
      () => httpGet(server.url, OPTIONS),
      Error,
      "its answer has more than 100 bytes",
    );
  }
  await using server = rawServer(
    `HTTP/1.1 403 No\r\ncontent-length: 100000\r\n\r\n${"x".repeat(9_999)}`,
    true,
  );
  assertEquals((await httpGet(server.url, OPTIONS)).status, 403);
});

Deno.test("httpGet refuses an answer that is cut off", async () => {
  for (
    const text of [
      "",
      "HTTP/1.1 200",
      "HTTP/1.1 200 OK\r\ncontent-le",
      "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n",
      "nonsense\r\n\r\n",
    ]
  ) {
    await using server = rawServer(text);
    await assertRejects(() => httpGet(server.url, OPTIONS), Error);
  }
});

Deno.test("httpGet refuses a 101, and reads the answer after a 103", async () => {
  await using switching = rawServer(
    "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n",
    true,
  );
  await assertRejects(
    () => httpGet(switching.url, { ...OPTIONS, timeoutMs: 2_000 }),
    Error,
  );
  await using hinting = rawServer(
    "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}",
  );
  assertEquals((await httpGet(hinting.url, OPTIONS)).status, 200);
});

Deno.test("httpGet waits for the whole answer, and no longer than the time given", async () => {
  for (const text of ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\n\r\n{"]) {
    await using server = rawServer(text, true);
    const startedAt = performance.now();
    await assertRejects(
      () => httpGet(server.url, { ...OPTIONS, timeoutMs: 100 }),
      Error,
      "it did not answer within 0.1 s",
    );
    assert(performance.now() - startedAt < 3_000);
  }
});

Deno.test("httpGet rejects where nobody listens, and shows no header", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = new URL(`http://127.0.0.1:${listener.addr.port}/`);
  listener.close();
  for (const cookie of ["s3cret", "s3cret\n", "s3cret\u{1f600}"]) {
    const error = await assertRejects(
      async () => await httpGet(url, { ...OPTIONS, headers: { cookie } }),
      Error,
    );
    assertEquals(error.message.includes("s3cret"), false);
  }
});
