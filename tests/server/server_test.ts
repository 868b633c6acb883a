import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import http2 from "node:http2";
import { EventReader } from "../support/event_reader.ts";
import { HAS_HTTP2 } from "../support/listener.ts";
import { startServer } from "../support/server_process.ts";
import { within } from "../support/within.ts";

/** Runs Chime to its end. */
async function run(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=serve", "main.ts", ...args],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr).replace(/^\d{4}-\S+Z /gm, "").split("\n")
      .filter((line) => /^(?:info|warn|error) /.test(line)),
  };
}

Deno.test("The server ticks over HTTP/1.1: at once, then every second", async () => {
  await using server = await startServer();
  await using reader = await EventReader.open(`${server.url}sse/`);
  const before = Date.now();
  const events = await reader.take(3);
  const ids = events.map(({ id }) => parseInt(id!));
  assertEquals(ids.map((id) => id - ids[0]!), [0, 1_000, 2_000]);
  assert(Date.now() - before >= 1_000);
  assert(events[0]!.retry);
});

Deno.test("The server resumes a stream that was cut, without a gap or a repeat", async () => {
  await using server = await startServer();
  const url = `${server.url}sse/?since=3s`;
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) {
    const headers = new Headers();
    const last = ids.at(-1);
    if (last) headers.set("last-event-id", last);
    await using reader = await EventReader.open(url, { headers });
    for (const { id, event } of await reader.take(3)) {
      if (id && event !== "status") ids.push(id);
    }
  }
  const seconds = ids.map((id) => parseInt(id) / 1_000);
  assert(seconds.length > 3);
  assertEquals(seconds, seconds.map((_, i) => seconds[0]! + i));
});

testHttp2(
  "The server answers over HTTP/2 with prior knowledge, several streams on a connection",
  async () => {
    await using server = await startServer();
    const session = http2.connect(server.url);
    try {
      const firsts = await Promise.all(
        ["UTC", "Asia/Tokyo"].map((zone) =>
          new Promise<{ status: unknown; text: string }>((resolve, reject) => {
            const stream = session.request({ ":path": `/sse/?tz=${zone}` });
            let status: unknown;
            let text = "";
            const look = () => {
              if (!status || !text.includes("\n\n")) return;
              stream.close();
              resolve({ status, text });
            };
            stream.setEncoding("utf8");
            stream.on("response", (headers) => {
              status = headers[":status"];
              look();
            });
            stream.on("data", (chunk: string) => {
              text += chunk;
              look();
            });
            stream.on("error", reject);
          })
        ),
      );
      for (const { status, text } of firsts) {
        assertEquals(status, 200);
        assertMatch(text, /^retry:\d{4}\ndata: The current time is /);
      }
    } finally {
      await new Promise<void>((resolve) => session.close(resolve));
    }
  },
);

Deno.test("The server answers HEAD with the headers of GET", async () => {
  await using server = await startServer();
  for (const path of ["", "sse/", "static/style.css", "healthz"]) {
    const get = await fetch(server.url + path);
    await get.body?.cancel();
    const head = await fetch(server.url + path, { method: "HEAD" });
    assertEquals(await head.text(), "");
    const [a, b] = [get, head].map(({ headers }) =>
      [...headers].filter(([name]) =>
        !["date", "transfer-encoding", "vary"].includes(name)
      )
    );
    assertEquals(b, a);
  }
});

/** Tries what needs HTTP/2. */
function testHttp2(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, ignore: !HAS_HTTP2 });
}

/** Opens a stream over HTTP/2 and gives the server no leave to send a byte of it: a client that does not read. */
async function stall(port: number): Promise<Deno.TcpConn> {
  const encoder = new TextEncoder();
  const frame = (
    type: number,
    flags: number,
    stream: number,
    body: number[],
  ) => [0, 0, body.length, type, flags, 0, 0, 0, stream, ...body];
  // https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2: SETTINGS_INITIAL_WINDOW_SIZE (4) is 0.
  const settings = frame(4, 0, 0, [0, 4, 0, 0, 0, 0]);
  // https://www.rfc-editor.org/rfc/rfc7541#appendix-A: GET and http are 2 and 6, :path and :authority are 4 and 1.
  const text = (value: string) => [value.length, ...encoder.encode(value)];
  const headers = [0x82, 0x86, 0x04, ...text("/sse/"), 0x01, ...text("x")];
  const END_STREAM_AND_HEADERS = 5;
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  await socket.write(
    new Uint8Array([
      ...encoder.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
      ...settings,
      ...frame(1, END_STREAM_AND_HEADERS, 1, headers),
    ]),
  );
  // Until the answer's HEADERS frame (type 1), which no window holds back.
  const answer: number[] = [];
  const buffer = new Uint8Array(1024);
  for (let at = 0; answer[at + 3] !== 1;) {
    const length = await within(socket.read(buffer));
    if (length === null) throw new Error("The server hung up");
    answer.push(...buffer.subarray(0, length));
    while (answer[at + 3] !== 1 && at + 9 <= answer.length) {
      at += 9 + answer[at + 1]! * 256 + answer[at + 2]!;
    }
  }
  return socket;
}

testHttp2("The server goes on while a client does not read", async () => {
  await using server = await startServer();
  using _stalled = await stall(server.port);
  await using reader = await EventReader.open(`${server.url}sse/`);
  assertEquals((await reader.take(2)).length, 2);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`The server drains at ${signal}: says so, ends the streams, and exits with 0`, async () => {
    await using server = await startServer();
    await using reader = await EventReader.open(`${server.url}sse/`);
    await reader.take(1);
    const ended = server.kill(signal);
    const last = (await reader.rest()).at(-1)!;
    assertEquals(last.event, "status");
    assertEquals(last.data, '{"state":"draining"}');
    assert(last.retry! >= 2_000 && last.retry! <= 4_000);
    assertEquals((await ended).code, 0);
  });
}

Deno.test("The server drains while clients leave", async () => {
  await using server = await startServer();
  const readers = await Promise.all(
    Array.from({ length: 50 }, () => EventReader.open(`${server.url}sse/`)),
  );
  await Promise.all(readers.map((reader) => reader.take(1)));
  for (const reader of readers) reader[Symbol.asyncDispose]();
  assertEquals((await server.kill()).code, 0);
  assertEquals(server.log.includes("rror"), false, server.log);
});

Deno.test("The server takes a body that is still arriving while it drains", async () => {
  await using server = await startServer(["--port", "0", "--token", "t"]);
  const socket = await Deno.connect({
    hostname: "127.0.0.1",
    port: server.port,
  });
  const send = (text: string) => socket.write(new TextEncoder().encode(text));
  await using reader = await EventReader.open(`${server.url}sse/news`);
  await send(
    "POST /sse/news HTTP/1.1\r\nhost: x\r\nauthorization: Bearer t\r\ncontent-length: 4\r\n\r\nab",
  );
  // The request has been taken once the answer to a later one is there.
  await (await fetch(`${server.url}healthz`)).body?.cancel();
  const ended = server.kill();
  await reader.rest();
  await send("cd");
  const answer = new Uint8Array(1_000);
  const length = await within(socket.read(answer));
  assertMatch(
    new TextDecoder().decode(answer.subarray(0, length!)),
    /^HTTP\/1.1 201 /,
  );
  socket.close();
  assertEquals((await ended).code, 0);
});

testHttp2(
  "The server exits within 5 s though a client does not read",
  async () => {
    await using server = await startServer();
    using _stalled = await stall(server.port);
    await using reader = await EventReader.open(`${server.url}sse/`);
    await reader.take(2);
    const { code } = await within(server.kill(), { deadlineMs: 5_000 });
    assertEquals(code, 0);
  },
);

testHttp2("The server ends at once at a second signal", async () => {
  await using server = await startServer();
  using _stalled = await stall(server.port);
  const repeat = setInterval(() => Deno.kill(server.pid, "SIGTERM"), 50);
  const { code } = await within(server.status);
  clearInterval(repeat);
  assertEquals(code, 1);
});

testHttp2(
  "The server takes a signal that comes twice at once for one",
  async () => {
    await using server = await startServer();
    using _stalled = await stall(server.port);
    Deno.kill(server.pid, "SIGINT");
    assertEquals((await server.kill("SIGINT")).code, 0);
  },
);

Deno.test("The server says in one line that its port is in use, and exits with 1", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  assertEquals(await run("--port", `${port}`), {
    code: 1,
    stdout: "",
    stderr: [
      `error cannot listen on 127.0.0.1 port ${port}: the port is in use`,
    ],
  });
});

Deno.test("The server says in one line what is wrong with a flag, and exits with 2", async () => {
  assertEquals(await run("--prot"), {
    code: 2,
    stdout: "",
    stderr: [
      "error Cannot use option --prot: must be a known one (see --help)",
    ],
  });
});

Deno.test("--version and --help print and exit with 0", async () => {
  const version = await run("--version");
  assertEquals([version.code, version.stderr], [0, []]);
  assertMatch(version.stdout, /^chime \d+\.\d+\.\d+\n$/);
  const help = await run("--help");
  assertEquals([help.code, help.stderr], [0, []]);
  assertStringIncludes(help.stdout, "Usage: chime [options]");
});
