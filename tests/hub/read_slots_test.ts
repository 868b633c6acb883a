import { assertEquals, assertRejects } from "@std/assert";
import { ReadSlots } from "../../hub/read_slots.ts";

/** Readings that end when the test says so. */
function setUp() {
  const slots = new ReadSlots();
  const begun: number[] = [];
  const ends: PromiseWithResolvers<void>[] = [];
  return {
    begun,
    ends,
    read(n: number) {
      const end = Promise.withResolvers<void>();
      ends.push(end);
      return slots.run(() => {
        begun.push(n);
        return end.promise;
      });
    },
  };
}

Deno.test("ReadSlots has eight readings at once, and the others begin in order, each as one ends", async () => {
  const { read, begun, ends } = setUp();
  const readings = Array.from({ length: 12 }, (_, n) => read(n));
  assertEquals(begun, [0, 1, 2, 3, 4, 5, 6, 7]);
  ends[3]!.resolve();
  await readings[3];
  // Whoever comes now is last.
  readings.push(read(12));
  ends[0]!.resolve();
  await readings[0];
  assertEquals(begun.slice(8), [8, 9]);
  for (const end of ends) end.resolve();
  await Promise.all(readings);
  assertEquals(begun.slice(8), [8, 9, 10, 11, 12]);
});

Deno.test("ReadSlots frees the slot of a reading that fails", async () => {
  const { read, begun, ends } = setUp();
  const readings = Array.from({ length: 9 }, (_, n) => read(n));
  ends[0]!.reject(new Error("no disk"));
  await assertRejects(() => readings[0]!, Error, "no disk");
  assertEquals(begun.at(-1), 8);
  for (const end of ends) end.resolve();
  await Promise.allSettled(readings);
  const later = read(9);
  assertEquals(begun.at(-1), 9);
  ends.at(-1)!.resolve();
  await later;
});
