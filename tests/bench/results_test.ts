import { assertEquals } from "@std/assert";
import { withSection } from "../../bench/results.ts";

const ORDER = ["first", "second", "third"];

function headings(results: string): readonly string[] {
  return results.match(/^## .*\n.*/gm) ?? [];
}

Deno.test("Results take a section in the place of the one of its name, and keep the order of scenarios", () => {
  let results = "";
  for (const name of ["third", "first", "second", "first"]) {
    const count = headings(results).length;
    results = withSection(results, `## ${name}\nat ${count}`, ORDER);
  }
  assertEquals(headings(results), [
    "## first\nat 3",
    "## second\nat 2",
    "## third\nat 0",
  ]);
  assertEquals(results.match(/^# /gm)?.length, 1);
  assertEquals(withSection(results, "## first\nat 3", ORDER), results);
});

Deno.test("Results drop the section of a scenario that is no more", () => {
  const results = withSection("", "## first\nhere", ORDER);
  assertEquals(
    headings(withSection(results, "## second\nhere", ["second"])),
    ["## second\nhere"],
  );
});
