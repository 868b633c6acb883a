import { assert, assertEquals, assertMatch } from "@std/assert";
import http2 from "node:http2";
import { HAS_HTTP2, LISTENER } from "../support/listener.ts";
import { logLines, untilLogged } from "../support/log_lines.ts";
import { scrape } from "../support/metrics.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";
import { within } from "../support/within.ts";

/** How soon a connection must be closed that is told to be, in ms. */
const SOON_MS = 2_000;
const OK = "HTTP/1.1 200 OK";
const END = "\r\nHost: h\r\n\r\n";
const OVERLOADED = /\nevent: status\ndata: {"state":"overloaded"}\n\n/;

/** Begins a request for a stream, as an `EventSource` sends it. */
function stream(path = "/sse/news", ...headers: string[]): string {
  const lines = ["Accept: text/event-stream", ...headers].join("\r\n");
  return `GET ${path} HTTP/1.1\r\n${lines}${END}`;
}

function get(path: string, ...headers: string[]): string {
  return [`GET ${path} HTTP/1.1`, ...headers].join("\r\n") + END;
}

/** Opens a stream, and waits until it is there. */
async function openStream(
  server: ServerProcess,
  from?: string,
  request = stream(),
): Promise<RawSocket> {
  const socket = await RawSocket.open(server, from);
  await socket.send(request);
  assertMatch(await socket.until("retry:"), /^HTTP\/1.1 200 /);
  return socket;
}

/** Sends a request, and returns its answer's status line. */
async function ask(
  server: ServerProcess,
  request: string,
  from?: string,
): Promise<string> {
  using socket = await RawSocket.open(server, from);
  await socket.send(request);
  return (await socket.until("\r\n\r\n")).split("\r\n")[0]!;
}

/** Asserts that a stream is refused, and that its connection is closed then. */
async function assertRefused(
  server: ServerProcess,
  from?: string,
  request = stream(),
): Promise<void> {
  using socket = await RawSocket.open(server, from);
  await socket.send(request);
  assertMatch(
    await socket.until("\r\n\r\n"),
    /^HTTP\/1.1 200 [^]*\r\nconnection: close\r\n/,
  );
  assertMatch(await socket.rest(SOON_MS), OVERLOADED);
}

/** How much was refused for the reason. It is asked until there is room for the question. */
async function refused(server: ServerProcess, reason: string) {
  const text = await until(async () => {
    const response = await fetch(`${server.url}metrics`);
    const text = await response.text();
    return response.ok && text;
  });
  const name = `chime_refused_total{reason="${reason}"} `;
  return parseInt(text.split(`\n${name}`)[1]!);
}

for (const workers of [1, 2]) {
  const test = (
    name: string,
    fn: () => Promise<void>,
    ignore = false,
  ): void =>
    Deno.test({
      name: `${name}, with ${workers} workers`,
      ignore: ignore || Deno.build.os !== "linux",
      fn,
    });
  const start = (...args: string[]) =>
    startServer([
      ...["--port", "0", "--token", "t", "--workers", `${workers}`, ...args],
    ]);

  test("A stream over --max-connections is told so and its connection closed, until others end; other requests are answered", async () => {
    await using server = await start("--max-connections", "100");
    using streams = new DisposableStack();
    const first = streams.use(await openStream(server));
    for (let i = 1; i < 95; i++) streams.use(await openStream(server));
    await assertRefused(server);
    await assertRefused(server, undefined, stream("/sse/"));
    const status = "HTTP/1.1 503 Service Unavailable";
    assertEquals(await ask(server, get("/sse/news")), status);
    assertEquals(await ask(server, get("/readyz")), status);
    assertEquals(await ask(server, get("/")), OK);
    assertEquals(await refused(server, "streams"), 3);
    assertEquals(
      logLines(server.log, /a stream was refused/).length > 0,
      true,
    );
    first[Symbol.dispose]();
    await until(async () => await ask(server, get("/sse/news")) === OK);
  });

  test("Over --max-connections the clients of a trusted proxy are refused, too", async () => {
    await using server = await start(
      ...["--max-connections", "1", "--trusted-proxy", "127.0.0.1"],
    );
    const from = (client: string) =>
      stream("/sse/news", `X-Forwarded-For: ${client}`);
    using _stream = await openStream(server, undefined, from("192.0.2.1"));
    using other = await RawSocket.open(server);
    await other.send(get("/", "X-Forwarded-For: 192.0.2.2"));
    assertMatch(await other.until("\r\n"), / 503 /);
  });

  test("Over --max-connections every request but those for health is a 503", async () => {
    await using server = await start("--max-connections", "2");
    using _stream = await openStream(server);
    const status = "HTTP/1.1 503 Service Unavailable";
    const half =
      `POST /sse/a HTTP/1.1\r\nAuthorization: Bearer t\r\nContent-Length: 2${END}a`;
    // Another worker may be asked before this one has it.
    using publish = await until(async () => {
      const socket = await RawSocket.open(server);
      await socket.send(half);
      if (await ask(server, get("/")) === status) return socket;
      socket[Symbol.dispose]();
      return undefined;
    });
    for (const path of ["/", "/sse", "/metrics", "/static/style.css"]) {
      assertEquals(await ask(server, get(path)), status, path);
    }
    const post =
      `POST /sse/a HTTP/1.1\r\nAuthorization: Bearer t\r\nContent-Length: 0${END}`;
    assertEquals(await ask(server, post), status);
    await assertRefused(server);
    using health = await RawSocket.open(server);
    await health.send(get("/healthz"));
    assertMatch(await health.until("\r\n"), / 200 /);
    if (LISTENER === "node") await health.rest(SOON_MS);
    assertEquals(await ask(server, get("/nowhere")), "HTTP/1.1 404 Not Found");
    await publish.send("b");
    assertMatch(await publish.until("\r\n\r\n"), /^HTTP\/1.1 201 /);
    publish[Symbol.dispose]();
    await until(async () => await ask(server, get("/")) === OK);
    assert(await refused(server, "connections") >= 7);
  });

  test("A stream over --max-connections-per-address is told so and its connection closed; other addresses are served", async () => {
    await using server = await start("--max-connections-per-address", "3");
    using streams = new DisposableStack();
    const first = streams.use(await openStream(server, "127.0.0.2"));
    for (let i = 1; i < 3; i++) {
      streams.use(await openStream(server, "127.0.0.2"));
    }
    await assertRefused(server, "127.0.0.2");
    assertEquals(
      await ask(server, get("/"), "127.0.0.2"),
      "HTTP/1.1 503 Service Unavailable",
    );
    assertEquals(
      await ask(server, get("/readyz"), "127.0.0.2"),
      OK,
    );
    streams.use(await openStream(server, "127.0.0.3"));
    assertEquals(await refused(server, "address"), 2);
    const [line] = await untilLogged(server, /a stream was refused/);
    assertMatch(line!, /connections come from .* address=127\.0\.0\.2 /);
    // That a refused stream's connection is closed is no failure.
    assertEquals(logLines(server.log, /^error/), []);
    first[Symbol.dispose]();
    await until(async () => await ask(server, get("/"), "127.0.0.2") === OK);
  });

  test("Loopback addresses have no limit of their own unless one is given", async () => {
    await using server = await start("--max-connections", "80");
    using streams = new DisposableStack();
    for (let i = 0; i < 76; i++) streams.use(await openStream(server));
    await assertRefused(server);
    assertEquals(await refused(server, "streams"), 1);
  });

  test("Behind a --trusted-proxy the limit counts the open requests of each client, whom X-Forwarded-For names from the right", async () => {
    await using server = await start(
      ...["--trusted-proxy", "127.0.0.1", "--trusted-proxy", "10.0.0.0/8"],
      ...["--max-connections-per-address", "2", "--access-log"],
    );
    const from = (client: string) =>
      stream("/sse/news", `X-Forwarded-For: ${client}`);
    using streams = new DisposableStack();
    const open = async (client: string) =>
      streams.use(await openStream(server, undefined, from(client)));
    const first = await open("192.0.2.1");
    await open("198.51.100.9, 192.0.2.1, 10.1.1.1");
    for (
      const client of [
        "192.0.2.1",
        "192.0.2.1:4711",
        "::ffff:192.0.2.1",
        "203.0.113.1, 192.0.2.1",
        "10.9.9.9, 192.0.2.1, 10.0.0.1",
      ]
    ) await assertRefused(server, undefined, from(client));
    await open("192.0.2.1, 192.0.2.2");
    await open("2001:db8::1");
    await open("[2001:db8::2]:80");
    await assertRefused(server, undefined, from("2001:db8::3"));
    assertEquals(await refused(server, "address"), 6);
    const [line] = await untilLogged(server, /a stream was refused/);
    assertMatch(line!, / address=192\.0\.2\.1 /);
    await untilLogged(
      server,
      /^info request .*path=\/sse\/news address=192\.0\.2\.2 /,
    );
    first[Symbol.dispose]();
    await until(async () =>
      await ask(server, get("/", "X-Forwarded-For: 192.0.2.1")) ===
        OK
    );
    // Another peer is not believed.
    assertEquals(
      await ask(server, get("/", "X-Forwarded-For: 2001:db8::1"), "127.0.0.2"),
      OK,
    );
  });

  test("--allowed-host answers any other host with a 421, but tells everyone of its health", async () => {
    await using server = await start("--allowed-host", "chime.example");
    const askHost = (path: string, host: string) =>
      ask(server, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    for (const host of ["chime.example", "Chime.Example.:8000"]) {
      assertEquals(await askHost("/", host), OK);
    }
    const misdirected = "HTTP/1.1 421 Misdirected Request";
    for (const host of ["evil.example", `127.0.0.1:${server.port}`, "[::1]"]) {
      for (const path of ["/", "/sse/", "/metrics", "/nowhere"]) {
        assertEquals(await askHost(path, host), misdirected);
      }
      assertEquals(await askHost("/healthz", host), OK);
      assertEquals(await askHost("/readyz", host), OK);
    }
    assertEquals(
      await askHost("http://evil.example/", "chime.example"),
      misdirected,
    );
    assertMatch(await ask(server, "GET / HTTP/1.0\r\n\r\n"), / 421 /);
  });

  test(
    "Over HTTP/2 a refused stream arrives whole, and nothing says that the connection closes",
    async () => {
      await using server = await start(
        ...[
          "--max-connections-per-address",
          "1",
          "--allowed-host",
          "a.example",
        ],
      );
      const session = http2.connect(server.url);
      const ask = (headers: http2.OutgoingHttpHeaders) =>
        within(askHttp2(session, { ":authority": "a.example", ...headers }));
      try {
        const held = session.request({
          ":path": "/sse/",
          ":authority": "A.example.:1",
        });
        await within(new Promise((resolve) => held.once("response", resolve)));
        const accept = "text/event-stream";
        for (
          const [headers, status] of [[{ accept }, 200], [{}, 503]] as const
        ) {
          const answer = await ask({ ":path": "/sse/news", ...headers });
          assertEquals(Number(answer.headers[":status"]), status);
          assertEquals(answer.headers.connection, undefined);
          if (status === 200) assertMatch(answer.body, OVERLOADED);
          else assertEquals(JSON.parse(answer.body).status, 503);
        }
        const { headers } = await ask({
          ":path": "/sse/",
          ":authority": "b.example",
        });
        assertEquals(Number(headers[":status"]), 421);
        held.close();
        // A client that leaves gives its place back.
        await until(async () => {
          const again = session.request({
            ":path": "/sse/",
            ":authority": "a.example",
          });
          const response = new Promise((resolve) =>
            again.once("response", (headers) => resolve(headers[":status"]))
          );
          const status = await within(response);
          again.close();
          return Number(status) === 200;
        });
      } finally {
        session.destroy();
      }
    },
    !HAS_HTTP2,
  );

  test("The metrics count the connections that the listener sees", async () => {
    await using server = await start();
    using sockets = new DisposableStack();
    for (let i = 0; i < 9; i++) sockets.use(await RawSocket.open(server));
    const read = async () =>
      (await scrape(server.url)).get("chime_connections");
    if (LISTENER === "deno") return assertEquals(await read(), undefined);
    // Fetch keeps connections of its own.
    await until(async () => {
      const count = await read();
      return count! >= 10 && count! <= 12;
    });
    sockets.dispose();
    await until(async () => await read() as number <= 3);
  });
}

/** Sends a request over HTTP/2, and reads the answer to its end. */
function askHttp2(
  session: http2.ClientHttp2Session,
  headers: http2.OutgoingHttpHeaders,
) {
  type Answer = { headers: http2.IncomingHttpHeaders; body: string };
  return new Promise<Answer>((resolve, reject) => {
    const request = session.request(headers);
    const answer: Answer = { headers: {}, body: "" };
    request.setEncoding("utf8");
    request.on("response", (headers) => answer.headers = headers);
    request.on("data", (text: string) => answer.body += text);
    request.on("end", () => resolve(answer));
    request.on("error", reject);
  });
}

for (
  const [host, isOpen] of [["127.0.0.1", false], ["0.0.0.0", true]] as const
) {
  Deno.test(`Chime that listens on ${host} says once what its listener cannot do: ${isOpen && LISTENER === "deno"}`, async () => {
    await using server = await startServer(["--port", "0", "--host", host]);
    const count = isOpen && LISTENER === "deno" ? 1 : 0;
    const lines = await untilLogged(server, /--listener node/, count);
    assertEquals(lines.length, count);
  });
}
