import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { FakeTime } from "@std/testing/time";
import type { SinkWriter } from "../../hub/sink.ts";
import type { ListenerOptions } from "../../server/listener.ts";
import { NodeListener } from "../../server/node_listener.ts";
import { RawSocket } from "../support/raw_socket.ts";
import { until } from "../support/until.ts";
import { within } from "../support/within.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { LISTENER_OPTIONS } from "../support/listener.ts";

function listen(
  handler: ListenerOptions["handler"],
  options: Partial<ListenerOptions> = {},
): Promise<NodeListener> {
  return NodeListener.listen({ ...LISTENER_OPTIONS, ...options, handler });
}

/** Connects to a listener. */
function open({ url }: NodeListener): Promise<RawSocket> {
  return RawSocket.open({ port: Number(new URL(url).port) });
}

/** Options that note what the listener refuses and answers by itself. */
function noting() {
  const noted: string[] = [];
  const options: Partial<ListenerOptions> = {
    onRefused: (reason) => noted.push(reason),
    onUnreadable: ({ status, method, address, requestId }) => {
      noted.push([status, method, address, requestId.length].join(" "));
    },
  };
  return { noted, options };
}

const GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

/** A writer that writes nothing, and what it was told. */
function silentWriter(): { told: string[]; writer: SinkWriter } {
  const told: string[] = [];
  return {
    told,
    writer: {
      onReady: () => told.push("ready"),
      onLeave: () => told.push("left"),
    },
  };
}

for (const address of ["127.0.0.1", "::1"]) {
  Deno.test(`NodeListener's handler is given the client's address: ${address}`, async () => {
    const listener = await listen(
      (_request, client) => Response.json(client.address),
      { hostname: address },
    );
    const response = await fetch(listener.url);
    assertEquals(await response.json(), address);
    await within(listener.close());
  });
}

Deno.test("NodeListener rejects with AddrInUse where the port is taken", async () => {
  const listener = await listen(() => new Response());
  const port = Number(new URL(listener.url).port);
  await assertRejects(
    () => listen(() => new Response(), { port }),
    Deno.errors.AddrInUse,
  );
  await within(listener.close());
});

Deno.test("NodeListener rejects where there is no such address", async () => {
  await assertRejects(
    () => listen(() => new Response(), { hostname: "192.0.2.1" }),
    Error,
    "192.0.2.1",
  );
});

Deno.test("NodeListener answers 500 where its handler fails, also after it has opened a stream", async () => {
  using logged = new CapturedLog();
  const { told, writer } = silentWriter();
  const listener = await listen((_request, client) => {
    client.makeSink!().open(writer);
    throw new Error("a bug");
  });
  const response = await fetch(listener.url);
  assertEquals([response.status, (await response.json()).status], [500, 500]);
  assertEquals(logged.lines.length, 1);
  await until(() => told.length > 0);
  assertEquals(told, ["left"]);
  await within(listener.close());
});

/** A body of chunks of 64 KiB, and what became of it. */
function chunkedBody(count: number) {
  const told = { pulled: 0, isCanceled: false, fail: (_: Error) => {} };
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      told.fail = (error) => controller.error(error);
    },
    pull(controller) {
      if (told.pulled++ < count) {
        controller.enqueue(new Uint8Array(64 * 1024).fill(told.pulled));
      } else controller.close();
    },
    cancel() {
      told.isCanceled = true;
    },
  }, { highWaterMark: 0 });
  return { told, body };
}

/** Waits until what the system buffers is taken of a body, and then nothing more. */
async function untilStill(told: { readonly pulled: number }): Promise<void> {
  let before = -1;
  await until(() => {
    const isStill = told.pulled > 1 && told.pulled === before;
    before = told.pulled;
    return isStill;
  });
}

Deno.test("NodeListener sends a body of several chunks whole, and one of a single chunk with its length", async () => {
  for (const count of [0, 1, 2, 40]) {
    const listener = await listen(() => new Response(chunkedBody(count).body));
    const response = await fetch(listener.url);
    const bytes = await response.bytes();
    assertEquals(bytes.length, count * 64 * 1024);
    assertEquals(bytes.at(-1), count || undefined);
    assertEquals(
      response.headers.get("content-length"),
      count > 1 ? null : `${count * 64 * 1024}`,
    );
    await within(listener.close());
  }
});

Deno.test("NodeListener takes a body of several chunks as fast as its client does, and no more once that has left", async () => {
  const { told, body } = chunkedBody(1_000);
  const listener = await listen(() => new Response(body));
  const socket = await open(listener);
  await socket.send(GET);
  await untilStill(told);
  assert(told.pulled < 500, `${told.pulled}`);
  socket[Symbol.dispose]();
  await until(() => told.isCanceled);
  await within(listener.close());
});

Deno.test("NodeListener cuts the connection where a body of several chunks fails, also while its client takes nothing", async () => {
  using log = new CapturedLog();
  const { told, body } = chunkedBody(1_000);
  const listener = await listen(() => new Response(body));
  const socket = await open(listener);
  await socket.send(GET);
  await untilStill(told);
  told.fail(new Error("The client is too slow"));
  // It waits for all answers that are on their way.
  await within(listener.close());
  assert(!(await socket.rest()).endsWith("0\r\n\r\n"));
  assertEquals(log.lines, []);
});

Deno.test("NodeListener answers HEAD with the head of a body of several chunks, and cancels it", async () => {
  const { told, body } = chunkedBody(9);
  const listener = await listen(() => new Response(body));
  const response = await fetch(listener.url, { method: "HEAD" });
  assertEquals([response.status, await response.text()], [200, ""]);
  await until(() => told.isCanceled);
  await within(listener.close());
});

Deno.test("NodeListener sends an answer that is no stream though a stream was opened", async () => {
  const { told, writer } = silentWriter();
  const listener = await listen((_request, client) => {
    client.makeSink!().open(writer);
    return new Response("no", { status: 503 });
  });
  const response = await fetch(listener.url);
  assertEquals([response.status, await response.text()], [503, "no"]);
  assertEquals(told, ["left"]);
  await within(listener.close());
});

Deno.test("NodeListener forgets a stream whose client leaves before it begins", async () => {
  const { told, writer } = silentWriter();
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<void>();
  const listener = await listen(async (_request, client) => {
    asked.resolve();
    await gate.promise;
    client.makeSink!().open(writer);
    return new Response(null);
  });
  const { hostname, port } = new URL(listener.url);
  const socket = await Deno.connect({ hostname, port: Number(port) });
  const request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  await socket.write(new TextEncoder().encode(request));
  await asked.promise;
  socket.close();
  // The server hears of it in that time, or else when it sends the head.
  await delay(50);
  gate.resolve();
  await until(() => told.length > 0);
  assertEquals(told, ["left"]);
  await within(listener.close());
});

Deno.test("NodeListener sends the answers that it owes before it is closed, and cuts connections without a request", async () => {
  const asked = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<Response>();
  const listener = await listen(() => {
    asked.resolve();
    return gate.promise;
  });
  const { hostname, port } = new URL(listener.url);
  using idle = await Deno.connect({ hostname, port: Number(port) });
  const response = fetch(listener.url);
  await asked.promise;
  const closed = listener.close();
  gate.resolve(new Response("late"));
  assertEquals(await (await response).text(), "late");
  await within(closed);
  const count = await within(idle.read(new Uint8Array(1)).catch(() => null));
  assertEquals(count, null);
  await assertRejects(() => fetch(listener.url), TypeError);
});

Deno.test("NodeListener counts what it answers by itself, once for each connection", async () => {
  const { noted, options } = noting();
  const listener = await listen(() => new Response(), options);
  for (
    const [text, status] of [
      ["nonsense\r\n\r\n", 400],
      [`GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
      ["CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n", 405],
    ] as const
  ) {
    using socket = await open(listener);
    await socket.send(text);
    const head = await socket.until("\r\n\r\n");
    await socket.send("more nonsense\r\n\r\n");
    assertMatch(head, new RegExp(`^HTTP/1.1 ${status} `));
    assert(!(await socket.rest()).includes("HTTP/1.1 "));
  }
  assertEquals(noted, [
    "400  127.0.0.1 36",
    "431  127.0.0.1 36",
    "405 CONNECT 127.0.0.1 36",
  ]);
  await within(listener.close());
});

Deno.test("NodeListener answers a head that does not come within 10 s with a 408, and then cuts its client", async () => {
  using time = new FakeTime();
  const { noted, options } = noting();
  const listener = await listen(() => new Response("ok"), options);
  using first = await open(listener);
  using later = await open(listener);
  await later.send(GET);
  await later.until("ok");
  using idle = await open(listener);
  await idle.send(GET);
  await idle.until("ok");
  using unused = await open(listener);
  await first.send("GET");
  // `node:http` ends its own limit here.
  await later.send("\r\n");
  await settle();
  for (let i = 0; i < 10; i++) {
    await time.tickAsync(1_000);
    if (i < 5) await first.send(" ");
  }
  assertEquals(noted, []);
  await time.tickAsync(1_000);
  for (const socket of [first, later]) {
    assertMatch(
      await socket.until("}\n"),
      /^HTTP\/1.1 408 [^]*within 10 s/,
    );
  }
  await unused.rest();
  assertEquals(noted, Array(2).fill(["slow_head", "408  127.0.0.1 36"]).flat());
  await time.tickAsync(1_000);
  await Promise.all([first.rest(), later.rest()]);
  await idle.send(GET);
  await idle.until("ok");
  await within(listener.close());
});

Deno.test("NodeListener knows that a stream is at work which had to wait for another answer", async () => {
  using time = new FakeTime();
  const { noted, options } = noting();
  const { writer } = silentWriter();
  const listener = await listen((request, client) => {
    if (request.url.endsWith("/first")) return new Response("first");
    client.makeSink!().open(writer);
    return new Response(null);
  }, options);
  using socket = await open(listener);
  await socket.send(GET.replace("/", "/first") + GET);
  await socket.until("first");
  await socket.until("\r\n\r\n");
  await settle();
  await time.tickAsync(60_000);
  assert(socket.isOpen);
  await socket.send("nonsense\r\n\r\n");
  assertEquals(await socket.rest(), "");
  assertEquals(noted, []);
  await within(listener.close());
});

Deno.test("NodeListener cuts a client that takes nothing for 5 min, of a stream and of other answers", async () => {
  using time = new FakeTime();
  const { noted, options } = noting();
  const { told, writer } = silentWriter();
  const bytes = new Uint8Array(20_000_000);
  const listener = await listen((request, client) => {
    if (request.url.endsWith("/whole")) return new Response(bytes);
    const sink = client.makeSink!();
    sink.open({
      onReady: () => sink.write(bytes),
      onLeave: () => writer.onLeave(),
    });
    return new Response(null);
  }, options);
  using stream = await open(listener);
  await stream.send(GET);
  using whole = await open(listener);
  await whole.send(GET.replace("/", "/whole"));
  using reading = await open(listener);
  await reading.send(GET.replace("/", "/whole"));
  await settle();
  await time.tickAsync(200_000);
  await settle();
  await reading.until("\0".repeat(20_000_000));
  await settle();
  await time.tickAsync(99_000);
  assertEquals([noted, told], [[], []]);
  await time.tickAsync(2_000);
  assertEquals(noted, ["stalled", "stalled"]);
  await until(() => told.length > 0);
  assertEquals(told, ["left"]);
  assert((await stream.rest()).length < bytes.length);
  assert((await whole.rest()).length < bytes.length);
  assert(reading.isOpen);
  await within(listener.close());
});

Deno.test("NodeListener says that it keeps a connection for 75 s between two requests", async () => {
  const listener = await listen(() => new Response("ok"));
  using socket = await open(listener);
  await socket.send(GET);
  assertMatch(await socket.until("ok"), /\r\nKeep-Alive: timeout=75\r\n/);
  await within(listener.close());
});

Deno.test("NodeListener that is closed leaves no timer", async () => {
  using time = new FakeTime();
  const { timerCount } = time;
  const listener = await listen(() => new Response("ok"));
  using socket = await open(listener);
  await socket.send(GET);
  await socket.until("ok");
  await within(listener.close());
  assertEquals(time.timerCount, timerCount);
});

/** Lets the server read what was sent, and the system take what it can. Real time. */
async function settle(): Promise<void> {
  const endAt = realNow() + 300;
  await until(() => realNow() > endAt);
}

const realNow = performance.now.bind(performance);
