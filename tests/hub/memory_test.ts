import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ByteCount } from "../../hub/byte_count.ts";
import { Kept } from "../../hub/kept.ts";
import { Memory } from "../../hub/memory.ts";

/** What a frame counts besides its bytes. */
const OVERHEAD = 256;

/** A frame that counts so many bytes. */
function frameOf(bytes: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes - OVERHEAD);
}

/** Something that is kept, with a frame of 1,024 bytes. */
class Item extends Kept {
  readonly memory: Memory;
  readonly frame = frameOf(1024);
  isGone = false;

  constructor(memory: Memory) {
    super();
    this.memory = memory;
    memory.hold(this.frame);
    memory.keep(this);
  }

  letGo(): void {
    this.isGone = true;
    this.memory.release(this.frame);
  }
}

/** A stream that notes that it was cut, and then lets go of its bytes. */
class Stream {
  isCut = false;
  readonly #memory: Memory;
  readonly #bytes: Uint8Array<ArrayBuffer>;

  constructor(memory: Memory, bytes: Uint8Array<ArrayBuffer>) {
    this.#memory = memory;
    this.#bytes = bytes;
    memory.give(bytes, this);
  }

  cut(): void {
    this.isCut = true;
    this.#memory.taken(this.#bytes, this);
  }
}

function setUp(maxBytes: number, copies = 1) {
  const count = new ByteCount(ByteCount.share(2), 0);
  return { count, memory: new Memory({ maxBytes, count, copies }) };
}

Deno.test("Memory lets go of the oldest first, and holds no more than it may", () => {
  const { memory } = setUp(3 * 1024);
  const items = Array.from({ length: 5 }, () => new Item(memory));
  assertEquals(items.map(({ isGone }) => isGone), [
    ...[true, true, false, false, false],
  ]);
  assertEquals(memory.bytes, 3 * 1024);
  memory.drop(items[3]!);
  items[3]!.letGo();
  new Item(memory);
  assertEquals(items[2]!.isGone, false);
  new Item(memory);
  assertEquals(items[2]!.isGone, true);
});

Deno.test("Memory counts a frame once, however many hold it, until the last one lets go", () => {
  const { memory } = setUp(10_240);
  const frame = frameOf(1024);
  const stream = { cut() {} };
  memory.hold(frame);
  memory.hold(frame);
  memory.give(frame, stream);
  assertEquals(memory.bytes, 1024);
  memory.release(frame);
  memory.release(frame);
  assertEquals(memory.bytes, 1024);
  memory.taken(frame, stream);
  assertEquals(memory.bytes, 0);
});

Deno.test("Memory counts what a listener copies", () => {
  const { memory } = setUp(10_240, 2);
  memory.hold(frameOf(1024));
  assertEquals(memory.bytes, 2048);
});

Deno.test("Memory keeps the newest, whatever its size", () => {
  const { memory } = setUp(10);
  const items = [new Item(memory), new Item(memory)];
  assertEquals(items.map(({ isGone }) => isGone), [true, false]);
});

Deno.test("Memory cuts the streams that have not taken their bytes for longest, once nothing else is left, and no others", async () => {
  const { memory } = setUp(4 * 1024);
  const item = new Item(memory);
  const first = frameOf(1024);
  const streams = [
    new Stream(memory, first),
    new Stream(memory, frameOf(1024)),
    new Stream(memory, first),
    new Stream(memory, frameOf(1024)),
  ];
  await Promise.resolve();
  assertEquals(streams.some(({ isCut }) => isCut), false);
  const newer = new Item(memory);
  assertEquals([item.isGone, newer.isGone], [true, false]);
  await Promise.resolve();
  assertEquals(streams.some(({ isCut }) => isCut), false);
  new Stream(memory, frameOf(1024));
  // Not at once: whoever gives bytes is in the middle of something.
  assertEquals(streams.some(({ isCut }) => isCut), false);
  await Promise.resolve();
  assertEquals(streams.map(({ isCut }) => isCut), [
    ...[true, false, true, false],
  ]);
  assertEquals(memory.bytes, 4 * 1024);
});

Deno.test("Memory lets go for what other threads hold, too, when it is looked after", () => {
  const { memory, count } = setUp(3 * 1024);
  const items = Array.from({ length: 3 }, () => new Item(memory));
  new ByteCount(count.buffer, 1).add(1024);
  memory.trim();
  assertEquals(items.map(({ isGone }) => isGone), [true, false, false]);
});

Deno.test("Memory never holds more than it may and its newest, and counts nothing in the end", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ drop: fc.boolean(), at: fc.nat() })),
    fc.integer({ min: 0, max: 6 }),
    (steps, max) => {
      const { memory } = setUp(max * 1024);
      let items: Item[] = [];
      for (const { drop, at } of steps) {
        const item = drop ? items[at % items.length] : undefined;
        if (item) {
          memory.drop(item);
          item.letGo();
          items = items.filter((other) => other !== item);
        } else items.push(new Item(memory));
        // The oldest are gone, and no newer one.
        const first = items.findIndex(({ isGone }) => !isGone);
        items = items.slice(first < 0 ? items.length : first);
        assertEquals(items.some(({ isGone }) => isGone), false);
        assertEquals(items.length <= Math.max(max, 1), true);
        assertEquals(memory.bytes, items.length * 1024);
      }
      for (const item of items) {
        memory.drop(item);
        item.letGo();
      }
      assertEquals(memory.bytes, 0);
    },
  ));
});
