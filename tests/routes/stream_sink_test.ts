import { assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { stub } from "@std/testing/mock";
import type { SinkWriter } from "../../hub/sink.ts";
import { StreamSink } from "../../routes/stream_sink.ts";

const BYTES = new Uint8Array([1]);

/** A sink, the reader of its stream, and the calls of its writer. */
function setUp() {
  const sink = new StreamSink();
  const told: string[] = [];
  const writer: SinkWriter = {
    onReady() {
      told.push("ready");
    },
    onLeave() {
      told.push("left");
    },
  };
  sink.open(writer);
  return { sink, told, reader: sink.body.getReader() };
}

/** Has a stream do what it does on its own. */
function settle(): Promise<void> {
  return delay(0);
}

Deno.test("StreamSink asks for bytes when its reader does, and for more only as whenReady asked", async () => {
  const { sink, told, reader } = setUp();
  await settle();
  assertEquals(told, []);
  const first = reader.read();
  await settle();
  assertEquals(told, ["ready"]);
  sink.write(BYTES);
  assertEquals((await first).value, BYTES);
  const second = reader.read();
  await settle();
  assertEquals(told, ["ready"]);
  sink.whenReady();
  assertEquals(told, ["ready"]);
  await settle();
  assertEquals(told, ["ready", "ready"]);
  sink.write(BYTES);
  await second;
});

Deno.test("StreamSink is ready while its reader has taken everything", async () => {
  const { sink, reader } = setUp();
  const read = reader.read();
  await settle();
  assertEquals(sink.isReady, true);
  sink.write(BYTES);
  assertEquals(sink.isReady, true);
  sink.write(BYTES);
  assertEquals(sink.isReady, false);
  await read;
  assertEquals(sink.isReady, false);
  await reader.read();
  assertEquals(sink.isReady, true);
});

Deno.test("StreamSink calls its writer when the reader has left", async () => {
  const { told, reader } = setUp();
  await reader.cancel();
  assertEquals(told, ["left"]);
});

Deno.test("StreamSink ends after the last bytes", async () => {
  const { sink, reader } = setUp();
  sink.end(BYTES);
  assertEquals(await reader.read(), { done: false, value: BYTES });
  assertEquals((await reader.read()).done, true);
});

Deno.test("StreamSink aborts with the error", async () => {
  const { sink, reader } = setUp();
  sink.abort(new Error("no memory"));
  await assertRejects(() => reader.read(), Error, "no memory");
});

Deno.test("StreamSink ends without a word where its last write finds that the reader has left", async () => {
  const { sink, told, reader } = setUp();
  const left: Promise<void>[] = [];
  using _leaving = stub(
    ReadableStreamDefaultController.prototype,
    "enqueue",
    () => left.push(reader.cancel()),
  );
  sink.end(BYTES);
  assertEquals(told, ["left"]);
  await Promise.all(left);
});
