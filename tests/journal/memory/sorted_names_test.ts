import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { SortedNames } from "../../../journal/memory/sorted_names.ts";

Deno.test("SortedNames finds what begins with a stem, in order, whatever is added and deleted", () => {
  const name = fc.string({ unit: fc.constantFrom(..."ab.:"), maxLength: 12 });
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { maxLength: 3_000, size: "max" }),
      fc.array(fc.nat(), { maxLength: 2_900, size: "max" }),
      fc.array(name, { maxLength: 5 }),
      (added, deleted, stems) => {
        const names = new SortedNames();
        for (const name of added) names.add(name);
        const left = new Set(added);
        for (const i of deleted) {
          const name = added[i % added.length];
          if (name !== undefined && left.delete(name)) names.delete(name);
        }
        for (const stem of ["", ...stems, ...stems.map((s) => s.slice(0, 2))]) {
          assertEquals(
            [...names.startingWith(stem)],
            [...left].filter((name) => name.startsWith(stem)).sort(),
          );
        }
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("SortedNames finds what is there after all of it went", () => {
  const names = new SortedNames();
  const all = Array.from({ length: 2_000 }, (_, i) => `${i}`);
  for (const name of all) names.add(name);
  for (const name of all) names.delete(name);
  assertEquals([...names.startingWith("")], []);
  names.add("b");
  names.add("a");
  assertEquals([...names.startingWith("")], ["a", "b"]);
});
