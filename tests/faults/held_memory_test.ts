import { concat } from "@std/bytes/concat";
import { assert } from "@std/assert";
import { delay } from "@std/async/delay";
import { HAS_HTTP2 } from "../support/listener.ts";
import { scrape } from "../support/metrics.ts";
import { publish } from "../support/publish.ts";
import { type ServerProcess, startServer } from "../support/server_process.ts";
import { until } from "../support/until.ts";
import { CONNECT, headers } from "./http2_frames.ts";

const MIB = 1024 ** 2;
const MAX_BYTES = 64 * MIB;
const MESSAGE = "x".repeat(256 * 1024);
/** What one message counts: its frame, the copy that a listener may need, and what they take besides. */
const MESSAGE_BYTES = 2 * (MESSAGE.length + 1_024);

/**
 * What a server's memory may grow by, in bytes, besides what is counted: what the runtime needs in each thread for hundreds
 * of messages of this size a second, and the 50 MiB that the journal keeps here. Beside other tests, the garbage of more
 * messages piles up until it is collected.
 */
const RUNTIME_BYTES = 384 * MIB;
/** What Deno holds for a stream over HTTP/2. */
const HTTP2_STREAM_BYTES = 64 * 1024;

const encoder = new TextEncoder();

/** A server that may hold 64 MiB, and how much it has held at most. */
async function start(workers: number) {
  const server = await startServer([
    ...["--port", "0", "--token", "t", "--workers", `${workers}`],
    ...["--max-memory", "64MiB", "--retain-events", "1"],
  ]);
  let max = 0;
  let isWatched = true;
  const watched = (async () => {
    while (isWatched) {
      max = Math.max(max, await heldBytes(server));
      await delay(20);
    }
  })();
  return {
    server,
    startBytes: await memory(server, "VmRSS"),
    get max() {
      return max;
    },
    async [Symbol.asyncDispose]() {
      isWatched = false;
      await watched;
      await server[Symbol.asyncDispose]();
    },
  };
}

async function heldBytes({ url }: ServerProcess): Promise<number> {
  return (await scrape(url)).get("chime_held_bytes")!;
}

/** What the system says of the server's memory, in bytes. */
async function memory(
  { pid }: ServerProcess,
  field: "VmRSS" | "VmHWM",
): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(text)![1]) * 1024;
}

async function streamCount({ url }: ServerProcess): Promise<number> {
  return (await scrape(url)).get('chime_streams{source="channels"}')!;
}

/** Opens a connection on which nothing is read. */
async function stall(port: number, ...parts: Uint8Array[]): Promise<Deno.Conn> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  const bytes = concat(parts.map((part) => new Uint8Array(part)));
  for (let sent = 0; sent < bytes.length;) {
    sent += await socket.write(bytes.subarray(sent));
  }
  return socket;
}

/** Has 200 channels with a reader each that reads nothing, and publishes 20 messages to each. */
async function fillChannels(server: ServerProcess): Promise<void> {
  const names = Array.from({ length: 200 }, (_, i) => `c${i}`);
  const sockets = await Promise.all(names.map((name) =>
    stall(
      server.port,
      encoder.encode(`GET /sse/${name} HTTP/1.1\r\nhost: x\r\n\r\n`),
    )
  ));
  try {
    await until(async () => await streamCount(server) === 200);
    for (let i = 0; i < 20; i++) {
      for (let at = 0; at < names.length; at += 10) {
        await Promise.all(
          names.slice(at, at + 10).map((name) =>
            publish(server.url, name, MESSAGE)
          ),
        );
      }
    }
    assert(await heldBytes(server) > MAX_BYTES / 2);
  } finally {
    for (const socket of sockets) socket.close();
  }
  await until(async () => await heldBytes(server) === 0);
}

/** Has 4,200 streams of one channel over HTTP/2, which replay what is kept to nobody who reads, and publishes to them. */
async function fillHttp2(server: ServerProcess): Promise<void> {
  const head = [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/sse/a?since=earliest"],
    [":authority", "x"],
  ] as const;
  await publish(server.url, "a", MESSAGE);
  const sockets = [];
  try {
    for (let i = 0; i < 42; i++) {
      const requests = Array.from(
        { length: 100 },
        (_, i) => headers(head, { stream: 2 * i + 1, isLast: true }),
      );
      sockets.push(await stall(server.port, CONNECT, ...requests));
    }
    await until(async () => await streamCount(server) === 4_200);
    for (let i = 0; i < 8; i++) await publish(server.url, "a", MESSAGE);
    await until(async () => await heldBytes(server) > MESSAGE.length);
  } finally {
    for (const socket of sockets) socket.close();
  }
  await until(async () => await heldBytes(server) === 0);
}

for (const workers of [1, 2]) {
  for (
    const { what, fill, extraBytes } of [
      {
        what: "200 channels whose readers read nothing",
        fill: fillChannels,
        extraBytes: 0,
      },
      ...HAS_HTTP2
        ? [{
          what: "4,200 streams over HTTP/2 that read nothing",
          fill: fillHttp2,
          extraBytes: 4_200 * HTTP2_STREAM_BYTES,
        }]
        : [],
    ]
  ) {
    Deno.test({
      name:
        `With --workers ${workers} the server holds no more than --max-memory for ${what}, and a second time needs no more`,
      ignore: Deno.build.os !== "linux",
      async fn() {
        await using held = await start(workers);
        const { server, startBytes } = held;
        await fill(server);
        // Each thread may have just added a message.
        const maxBytes = MAX_BYTES + workers * MESSAGE_BYTES;
        assert(held.max <= maxBytes, `${held.max}`);
        const first = await memory(server, "VmHWM");
        const limit = startBytes + MAX_BYTES +
          (1 + workers) * RUNTIME_BYTES + extraBytes;
        assert(first <= limit, `${first / MIB} of ${limit / MIB} MiB`);
        await fill(server);
        const second = await memory(server, "VmHWM");
        assert(second <= limit, `${second / MIB} of ${limit / MIB} MiB`);
        assert(held.max <= maxBytes, `${held.max}`);
      },
    });
  }
}
