import { assert, assertEquals } from "@std/assert";
import { HELP } from "../../config/help.ts";
import { PAGES } from "../support/pages.ts";

const { text } = PAGES.find(({ name }) => name === "docs/coming-from.md")!;
const ROWS = [...text.matchAll(/^\| (.*) \|$/gm)].slice(2)
  .map(([, row]) => row!.split(" | ").map((cell) => cell.trim()));

Deno.test("docs/coming-from.md has a word of each server, and says what becomes of it", () => {
  const servers = ROWS.map(([server]) => server).filter(Boolean);
  assertEquals(servers, [
    ...["django-eventstream", "Mercure", "Centrifugo", "nchan", "ntfy"],
    "AnyCable",
  ]);
  for (const cells of ROWS) {
    assertEquals(cells.length, 3, `${cells}`);
    assert(cells[1] && cells[2], `${cells}`);
  }
});

Deno.test("The options that docs/coming-from.md names are there", () => {
  const options = ROWS.flatMap(([, , chime]) =>
    chime!.match(/--[a-z-]+/g) ?? []
  );
  assert(options.length > 20);
  for (const option of options) assert(HELP.includes(`  ${option} `), option);
});
