import { assertEquals } from "@std/assert";
import { REFUSED_REASONS } from "../../hub/refused.ts";
import { PAGES } from "../support/pages.ts";

Deno.test("docs/limits.md has each reason of chime_refused_total, and no other", () => {
  const { text } = PAGES.find(({ name }) => name === "docs/limits.md")!;
  const [, section] = text.split("\n## Refusals\n");
  const [table] = section!.split("\n## ");
  const rows = [...table!.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name);
  assertEquals(rows, [...REFUSED_REASONS]);
});
