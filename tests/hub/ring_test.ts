import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { EventId } from "../../events/event_id.ts";
import { Memory } from "../../hub/memory.ts";
import { Ring } from "../../hub/ring.ts";

const ORIGIN = { ordinal: 0, id: "0-0" } as const;

function id(n: number): EventId {
  return `${n}-0`;
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
        "c",
        ORIGIN,
        { maxFrames, maxBytes },
        Memory.unbounded(),
      );
      let held: { ordinal: number; size: number }[] = [];
      let floor = 0;
      for (const [i, size] of sizes.entries()) {
        const ordinal = (i + 1) * 2;
        ring.push({ ordinal, id: id(ordinal) }, new Uint8Array(size));
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
    "c",
    ORIGIN,
    { maxFrames: 9, maxBytes: 99 },
    Memory.unbounded(),
  );
  ring.push({ ordinal: 1, id: id(1) }, new Uint8Array(1));
  ring.skip({ ordinal: 2, id: id(2) });
  ring.push({ ordinal: 3, id: id(3) }, new Uint8Array(1));
  assertEquals(ring.floor, { ordinal: 2, id: id(2) });
  assertEquals(ordinals(ring, 0), [3]);
});

Deno.test("Ring encodes a frame with its channel once, for all who ask", () => {
  const ring = new Ring(
    "c",
    ORIGIN,
    { maxFrames: 9, maxBytes: 99 },
    Memory.unbounded(),
  );
  const frame = new TextEncoder().encode("data: x\n\n");
  ring.push({ ordinal: 1, id: id(1) }, frame);
  const [first] = ring.after(0, true);
  const [second] = ring.after(0, true);
  assertEquals(new TextDecoder().decode(first!.frame), "event: c\ndata: x\n\n");
  assertEquals(first!.frame === second!.frame, true);
});

Deno.test("Ring.skip leaves all its room to what comes after the place", () => {
  const ring = new Ring(
    "c",
    ORIGIN,
    { maxFrames: 9, maxBytes: 10 },
    Memory.unbounded(),
  );
  ring.push({ ordinal: 1, id: id(1) }, new Uint8Array(8));
  ring.skip({ ordinal: 2, id: id(2) });
  for (const n of [3, 4]) {
    ring.push({ ordinal: n, id: id(n) }, new Uint8Array(5));
  }
  assertEquals(ordinals(ring, 0), [3, 4]);
});

Deno.test("Ring.skip lets go of everything in a ring that was full, too", () => {
  const ring = new Ring(
    "c",
    ORIGIN,
    { maxFrames: 1, maxBytes: 99 },
    Memory.unbounded(),
  );
  for (const n of [1, 2]) {
    ring.push({ ordinal: n, id: id(n) }, new Uint8Array(1));
  }
  ring.skip({ ordinal: 3, id: id(3) });
  assertEquals(ordinals(ring, 0), []);
  ring.push({ ordinal: 4, id: id(4) }, new Uint8Array(1));
  assertEquals(ordinals(ring, 0), [4]);
  assertEquals(ring.floor, { ordinal: 3, id: id(3) });
});
