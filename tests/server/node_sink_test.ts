import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { Frame } from "../../events/frame.ts";
import { NodeListener } from "../../server/node_listener.ts";
import type { NodeSink } from "../../server/node_sink.ts";
import { until } from "../support/until.ts";
import { within } from "../support/within.ts";
import { LISTENER_OPTIONS } from "../support/listener.ts";

const BYTES: Frame = new TextEncoder().encode("data: 1\n\n");
/** More than the buffers of two sockets hold. */
const MANY: Frame = new Uint8Array(20_000_000);

/**
 * A listener whose every answer is a stream, and a client of it that has the head.
 *
 * @param prepare Called before the head is sent.
 */
async function setUp(
  prepare: (sink: NodeSink) => void | Promise<void> = () => {},
) {
  const told: string[] = [];
  let sink!: NodeSink;
  const listener = await NodeListener.listen({
    ...LISTENER_OPTIONS,
    async handler(_request, client) {
      sink = client.makeSink!() as NodeSink;
      sink.open({
        onReady: () => told.push("ready"),
        onLeave: () => told.push("left"),
      });
      await prepare(sink);
      return new Response(null);
    },
  });
  const socket = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(new URL(listener.url).port),
  });
  await socket.write(
    new TextEncoder().encode("GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
  );
  const bytes = new Uint8Array(1_000_000);
  const read = async () => {
    const count = await within(socket.read(bytes));
    return count === null
      ? undefined
      : new TextDecoder().decode(bytes.subarray(0, count));
  };
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const text = await read();
    assert(text !== undefined, `The connection ended: ${head}`);
    head += text;
  }
  return {
    sink,
    told,
    socket,
    read,
    first: head.split("\r\n\r\n").slice(1).join("\r\n\r\n"),
    async [Symbol.asyncDispose]() {
      try {
        socket.close();
      } catch (error) {
        // The test has closed it.
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
      await within(listener.close());
    },
  };
}

Deno.test("NodeSink asks for the first bytes after the head, and for more only as whenReady asked", async () => {
  await using stream = await setUp();
  const { sink, told, read } = stream;
  await until(() => told.length === 1);
  assertEquals(told, ["ready"]);
  sink.write(BYTES);
  assertEquals(await read(), "9\r\ndata: 1\n\n\r\n");
  assertEquals([sink.isReady, told], [true, ["ready"]]);
  sink.whenReady();
  assertEquals(told, ["ready"]);
  await until(() => told.length === 2);
  assertEquals(told, ["ready", "ready"]);
});

Deno.test("NodeSink is not ready until its reader has taken what the socket could not", async () => {
  await using stream = await setUp();
  const { sink, told, read } = stream;
  await until(() => told.length === 1);
  sink.write(MANY);
  assertEquals(sink.isReady, false);
  sink.whenReady();
  await delay(0);
  assertEquals([sink.isReady, told.length], [false, 1]);
  while (told.length === 1) await read();
  assertEquals([sink.isReady, told], [true, ["ready", "ready"]]);
});

Deno.test("NodeSink takes first bytes that are more than the socket takes, and asks again when they are gone", async () => {
  const told: string[] = [];
  const listener = await NodeListener.listen({
    ...LISTENER_OPTIONS,
    handler(_request, client) {
      const sink = client.makeSink!();
      sink.open({
        onReady() {
          told.push(`ready ${sink.isReady}`);
          if (told.length > 1) return sink.end(BYTES);
          sink.write(MANY);
          sink.whenReady();
        },
        onLeave: () => told.push("left"),
      });
      return new Response(null);
    },
  });
  const response = await fetch(listener.url);
  assertEquals(
    (await within(response.bytes())).length,
    MANY.length + BYTES.length,
  );
  assertEquals(told, ["ready true", "ready true"]);
  await within(listener.close());
});

Deno.test("NodeSink tells its writer once that the reader has left, though nothing is written", async () => {
  await using stream = await setUp();
  stream.socket.close();
  await until(() => stream.told.includes("left"));
  // A writer may not have heard of it yet.
  stream.sink.write(BYTES);
  stream.sink.whenReady();
  stream.sink.abort();
  assertEquals(stream.told, ["ready", "left"]);
});

Deno.test("NodeSink ends after the last bytes, and closes the connection", async () => {
  await using stream = await setUp();
  const { sink, told, read } = stream;
  await until(() => told.length === 1);
  sink.end(BYTES);
  let rest = "";
  for (let text; (text = await read()) !== undefined;) rest += text;
  assertEquals(rest, "9\r\ndata: 1\n\n\r\n0\r\n\r\n");
  assertEquals(told, ["ready"]);
});

Deno.test("NodeSink aborts without the end of the body", async () => {
  await using stream = await setUp();
  const { sink, told, read } = stream;
  await until(() => told.length === 1);
  sink.write(BYTES);
  sink.abort();
  let rest = "";
  for (let text; (text = await read()) !== undefined;) rest += text;
  assert(!rest.includes("0\r\n\r\n"), rest);
  assertEquals(told, ["ready"]);
});

Deno.test("NodeSink that is ended or aborted before the head ends or aborts after it", async () => {
  {
    await using stream = await setUp((sink) => sink.end(BYTES));
    let { first } = stream;
    for (let text; (text = await stream.read()) !== undefined;) first += text;
    assertEquals(first, "9\r\ndata: 1\n\n\r\n0\r\n\r\n");
    assertEquals(stream.told, []);
  }
  await using stream = await setUp((sink) => sink.abort());
  assertEquals(await stream.read(), undefined);
  assertEquals(stream.told, []);
});
