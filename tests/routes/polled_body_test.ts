import { assert, assertEquals, assertRejects } from "@std/assert";
import { ByteCount } from "../../hub/byte_count.ts";
import type { Frame } from "../../events/frame.ts";
import { Faults } from "../../hub/faults.ts";
import { Memory } from "../../hub/memory.ts";
import { PolledBody } from "../../routes/polled_body.ts";
import { CapturedLog } from "../support/captured_log.ts";

/** Opens a body of chunks of one byte each. */
function open(memory: Memory, count: number) {
  return read(memory, async function* () {
    for (let i = 2; i < count; i++) yield await Promise.resolve(chunk());
    return chunk();
  });
}

function read(
  memory: Memory,
  rest: () => AsyncGenerator<Frame, Frame>,
  faults = new Faults(),
) {
  const options = { first: chunk(), chunks: rest(), memory, faults };
  return new PolledBody(options).stream.getReader();
}

function chunk(): Frame {
  return new Uint8Array(1);
}

function memoryOf(maxBytes: number): Memory {
  return new Memory({ maxBytes, count: new ByteCount(ByteCount.share(1), 0) });
}

Deno.test("PolledBody brings the chunks in their order, and then ends", async () => {
  const memory = memoryOf(1_000);
  const reader = open(memory, 3);
  for (let i = 0; i < 3; i++) {
    assertEquals(await reader.read(), {
      done: false,
      value: new Uint8Array(1),
    });
    // Each chunk counts until the next one is asked for. The last one is the listener's.
    assertEquals(memory.bytes > 0, i < 2);
  }
  assertEquals((await reader.read()).done, true);
});

Deno.test("PolledBody is cut where too much is held, and the others go on", async () => {
  using log = new CapturedLog();
  const memory = memoryOf(400);
  const [slow, other] = [open(memory, 3), open(memory, 3)];
  await slow.read();
  await other.read();
  await assertRejects(() => slow.read(), Error, "too slow");
  assert(memory.bytes > 0 && memory.bytes < 400);
  assertEquals(log.lines, [
    "warn a poll was cut: --max-memory is used up, and its client reads nothing",
  ]);
  for (const isLast of [false, false, true]) {
    assertEquals((await other.read()).done, isLast);
  }
});

Deno.test("PolledBody ends with an error, which is logged and counted, where its chunks do", async () => {
  using log = new CapturedLog();
  const memory = memoryOf(1_000);
  const faults = new Faults();
  // deno-lint-ignore require-yield -- It fails at once.
  const reader = read(memory, async function* () {
    throw await Promise.resolve(new Error("a bug"));
  }, faults);
  await reader.read();
  await assertRejects(() => reader.read(), Error, "a bug");
  assertEquals([faults.count, log.lines.length, memory.bytes], [1, 1, 0]);
});
