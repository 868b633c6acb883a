import { assert, assertEquals } from "@std/assert";
import { defaultMaxMemory } from "../../server/max_memory.ts";

const MIB = 1024 ** 2;

for (
  const [what, machine, group, expected] of [
    ["the machine's memory", 1_000, undefined, 250],
    ["the container's memory", 8_000, 400, 100],
    ["the machine's where no limit is set", 4_000, 9e15 / MIB, 1_000],
    ["the machine's where the limit is 0", 4_000, 0, 1_000],
  ] as const
) {
  Deno.test(`defaultMaxMemory is a quarter of ${what}`, () => {
    const bytes = defaultMaxMemory(machine * MIB, group && group * MIB);
    assertEquals(bytes, expected * MIB);
  });
}

Deno.test("defaultMaxMemory is 2 GiB at most", () => {
  assertEquals(defaultMaxMemory(64 * 1024 * MIB, undefined), 2_048 * MIB);
});

Deno.test("defaultMaxMemory knows this machine", () => {
  const bytes = defaultMaxMemory();
  assert(bytes > 16 * MIB && bytes <= 2_048 * MIB, `${bytes}`);
});
