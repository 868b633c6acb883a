import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { EventId } from "../../events/event_id.ts";
import { ByteCount } from "../../hub/byte_count.ts";
import { EncodedEvent } from "../../hub/encoded_event.ts";
import { Memory } from "../../hub/memory.ts";
import { Ring } from "../../hub/ring.ts";

const ORIGIN = { ordinal: 0, id: "0-0" } as const;

function id(n: number): EventId {
  return `${n}-0`;
}

/** An event of so many bytes. */
function anEvent(bytes: number): EncodedEvent {
  return new EncodedEvent(new Uint8Array(bytes), "c");
}

function ordinals(ring: Ring, after: number): number[] {
  return [...ring.after(after, false)].map(({ ordinal }) => ordinal);
}

Deno.test("Ring holds the newest frames within both limits, and tells what it holds", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 60 }),
    fc.integer({ min: 1, max: 8 }),
    fc.integer({ min: 1, max: 60 }),
    (sizes, maxFrames, maxBytes) => {
      const ring = new Ring(
        ORIGIN,
        { maxFrames, maxBytes },
        Memory.unbounded(),
      );
      let held: { ordinal: number; size: number }[] = [];
      let floor = 0;
      for (const [i, size] of sizes.entries()) {
        const ordinal = (i + 1) * 2;
        ring.push({ ordinal, id: id(ordinal) }, anEvent(size));
        held = [...held, { ordinal, size }];
        const bytes = () => held.reduce((sum, { size }) => sum + size, 0);
        while (
          held.length > 1 && (held.length > maxFrames || bytes() > maxBytes)
        ) floor = held.shift()!.ordinal;

        assertEquals(ring.floor, { ordinal: floor, id: id(floor) });
        for (let at = floor; at <= ordinal + 1; at++) {
          const newer = held.filter(({ ordinal }) => ordinal > at)
            .map(({ ordinal }) => ordinal);
          assertEquals(ordinals(ring, at), newer);
          assertEquals(ring.countAfter(at), newer.length);
          const last = held.findLast(({ ordinal }) => ordinal <= at);
          assertEquals(ring.seek(id(at))?.ordinal, last?.ordinal ?? floor);
        }
        assertEquals(
          floor > 0 && ring.seek(id(floor - 1)),
          floor > 0 && undefined,
        );
      }
    },
  ));
});

Deno.test("Ring.skip leaves nothing held before the place", () => {
  const ring = new Ring(
    ORIGIN,
    { maxFrames: 9, maxBytes: 99 },
    Memory.unbounded(),
  );
  ring.push({ ordinal: 1, id: id(1) }, anEvent(1));
  ring.skip({ ordinal: 2, id: id(2) });
  ring.push({ ordinal: 3, id: id(3) }, anEvent(1));
  assertEquals(ring.floor, { ordinal: 2, id: id(2) });
  assertEquals(ordinals(ring, 0), [3]);
});

Deno.test("Ring encodes a frame with its channel once, for all who ask", () => {
  const ring = new Ring(
    ORIGIN,
    { maxFrames: 9, maxBytes: 99 },
    Memory.unbounded(),
  );
  const frame = new TextEncoder().encode("data: x\n\n");
  ring.push({ ordinal: 1, id: id(1) }, new EncodedEvent(frame, "c"));
  const [first] = ring.after(0, true);
  const [second] = ring.after(0, true);
  assertEquals(new TextDecoder().decode(first!.frame), "event: c\ndata: x\n\n");
  assertEquals(first!.frame === second!.frame, true);
});

Deno.test("Ring.skip leaves all its room to what comes after the place", () => {
  const ring = new Ring(
    ORIGIN,
    { maxFrames: 9, maxBytes: 10 },
    Memory.unbounded(),
  );
  ring.push({ ordinal: 1, id: id(1) }, anEvent(8));
  ring.skip({ ordinal: 2, id: id(2) });
  for (const n of [3, 4]) {
    ring.push({ ordinal: n, id: id(n) }, anEvent(5));
  }
  assertEquals(ordinals(ring, 0), [3, 4]);
});

Deno.test("Ring.skip lets go of everything in a ring that was full, too", () => {
  const ring = new Ring(
    ORIGIN,
    { maxFrames: 1, maxBytes: 99 },
    Memory.unbounded(),
  );
  for (const n of [1, 2]) {
    ring.push({ ordinal: n, id: id(n) }, anEvent(1));
  }
  ring.skip({ ordinal: 3, id: id(3) });
  assertEquals(ordinals(ring, 0), []);
  ring.push({ ordinal: 4, id: id(4) }, anEvent(1));
  assertEquals(ordinals(ring, 0), [4]);
  assertEquals(ring.floor, { ordinal: 3, id: id(3) });
});

Deno.test("Rings that hold one event share its frame with its channel, and all that is counted is let go with the last", () => {
  const count = new ByteCount(ByteCount.share(1), 0);
  const memory = new Memory({ maxBytes: Infinity, count });
  const limits = { maxFrames: 9, maxBytes: 99 };
  const [own, pattern, unasked] = [0, 1, 2].map(() =>
    new Ring(ORIGIN, limits, memory)
  );
  const event = new EncodedEvent(new TextEncoder().encode("data: x\n\n"), "c");
  for (const ring of [own!, pattern!, unasked!]) {
    ring.push({ ordinal: 1, id: id(1) }, event);
  }
  const plain = memory.bytes;
  const [first] = own!.after(0, true);
  const both = memory.bytes;
  const [second] = pattern!.after(0, true);
  assertEquals(first!.frame === second!.frame, true);
  assertEquals(memory.bytes, both);
  own!.skip({ ordinal: 2, id: id(2) });
  assertEquals(memory.bytes, both);
  pattern!.skip({ ordinal: 2, id: id(2) });
  assertEquals(memory.bytes, plain);
  // It is made anew: nobody has kept it.
  const [third] = unasked!.after(0, true);
  assertEquals(third!.frame === first!.frame, false);
  assertEquals(memory.bytes, both);
  unasked!.skip({ ordinal: 2, id: id(2) });
  assertEquals(memory.bytes, 0);
});
