import { assertEquals } from "@std/assert";
import { LIBRARIES, type Library } from "./libraries.ts";

const NAMES = {
  npm: "npm",
  pypi: "PyPI",
  go: "Go",
  crates: "crates",
  maven: "Maven",
};

/** What the page should say of a library. */
function rowOf({ registry, name, facts = [] }: Library): string[] {
  return [
    `\`${name}\``,
    NAMES[registry],
    facts.includes("stops at the end") ? "stops" : "comes back",
    facts.includes("asks again after 204") ? "asks again" : "stops",
    facts.includes("loses long lines") ? "are lost" : "arrive",
    facts.includes("cuts within 8 s of silence")
      ? "less than 8 s"
      : facts.includes("cuts within 16 s of silence")
      ? "less than 16 s"
      : "any",
  ];
}

Deno.test("docs/clients.md says of each library what is measured", async () => {
  const page = new URL("../../docs/clients.md", import.meta.url);
  const rows = [...(await Deno.readTextFile(page)).matchAll(/^\| `.*\|$/gm)]
    .map(([row]) => row.split("|").slice(1, 7).map((cell) => cell.trim()));
  assertEquals(rows, LIBRARIES.map(rowOf));
});
