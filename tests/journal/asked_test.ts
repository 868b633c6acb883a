import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { covers } from "../../events/pattern.ts";
import { toAsked } from "../../journal/asked.ts";
import { closeName, closePattern } from "../events/arbitrary_patterns.ts";

Deno.test("toAsked leaves names alone", () => {
  const names = ["a", "b", "a.b"];
  assertEquals(toAsked(names), { names, stems: [] });
});

Deno.test("toAsked asks for each channel of names and patterns once", () => {
  fc.assert(
    fc.property(
      fc.array(closePattern, { maxLength: 8 }),
      closeName,
      (channels, name) => {
        const { names, stems } = toAsked([...channels, "a.*"]);
        const found = names.filter((one) => one === name).length +
          stems.filter((stem) => name.startsWith(stem)).length;
        const isAsked = [...channels, "a.*"].some((one) => covers(one, name));
        assertEquals(found, isAsked ? 1 : 0);
      },
    ),
    { numRuns: 1_000 },
  );
});
