import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { readAddress } from "../../routes/address.ts";
import {
  type AddressKey,
  AddressTable,
  keyOf,
  tableLength,
} from "../../server/address_table.ts";

function table(addresses: number, seed = 7): AddressTable {
  return new AddressTable(new Int32Array(tableLength(addresses)), seed);
}

function key(text: string): AddressKey {
  return keyOf(readAddress(text)!);
}

Deno.test("keyOf tells IPv4 addresses apart, and of IPv6 addresses the first 64 bits", () => {
  const apart = [
    ...["192.0.2.7", "192.0.2.8", "193.0.2.7", "0.0.0.0", "255.255.255.255"],
    ...["2001:db8::", "2001:db8:0:1::", "2001:db8:1::", "2001:db9::", "::1"],
  ];
  assertEquals(new Set(apart.map((text) => `${key(text)}`)).size, apart.length);
  assertEquals(key("2001:db8::1"), key("2001:db8::ffff:ffff:ffff:ffff"));
  assertEquals(key("::ffff:192.0.2.7"), key("192.0.2.7"));
});

Deno.test("AddressTable counts as a Map does, whatever comes and goes", () => {
  // Few addresses in a table that is as full as it may be, so that they meet.
  const addresses = 8;
  const steps = fc.array(
    fc.record({ name: fc.nat(addresses - 1), isAdded: fc.boolean() }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, fc.integer(), (steps, seed) => {
      const counts = table(addresses, seed);
      const expected = new Map<number, number>();
      for (const { name, isAdded } of steps) {
        const before = expected.get(name) ?? 0;
        if (isAdded) counts.add([name, -name]);
        else if (before > 0) counts.remove([name, -name]);
        expected.set(name, Math.max(0, before + (isAdded ? 1 : -1)));
        for (let i = 0; i < addresses; i++) {
          assertEquals(counts.count([i, -i]), expected.get(i) ?? 0);
        }
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("AddressTable finds addresses whatever the seed is, and is empty again at the end", () => {
  for (const seed of [0, -1, 2 ** 31 - 1, -(2 ** 31)]) {
    const slots = new Int32Array(tableLength(1_000));
    const counts = new AddressTable(slots, seed);
    const keys = Array.from(
      { length: 1_000 },
      (_, i) => key(`10.0.${i >> 8}.${i & 255}`),
    );
    for (const key of keys) counts.add(key);
    assertEquals(keys.filter((key) => counts.count(key) !== 1), []);
    for (const key of keys) counts.remove(key);
    assertEquals(
      slots.filter((_, i) => i % 3 === 2 && slots[i] !== 0),
      new Int32Array(),
    );
  }
});

Deno.test("tableLength leaves half of a table empty", () => {
  assertEquals([1, 2, 3, 1_000].map(tableLength), [6, 12, 24, 6_144]);
});
