import { assertEquals } from "@std/assert";
import { ByteCount } from "../../hub/byte_count.ts";
import { HeldSlots } from "../../server/held_slots.ts";

Deno.test("HeldSlots counts what workers hold in slots of their own, and nothing of those that have ended", () => {
  const slots = new HeldSlots(2);
  const [first, second] = [slots.take(), slots.take()];
  assertEquals(new Set([0, first, second]).size, 3);
  const countOf = (slot: number) => new ByteCount(slots.buffer, slot);
  slots.main.add(64);
  countOf(first).add(640);
  countOf(second).add(6_400);
  assertEquals(slots.main.total, 7_104);
  slots.give(first);
  assertEquals(slots.main.total, 6_464);
  // A thread may count on for a moment after it was ended.
  countOf(first).add(640);
  assertEquals(slots.take(), first);
  assertEquals(slots.main.total, 6_464);
});
