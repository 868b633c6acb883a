import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { JournalTrouble } from "../../journal/trouble.ts";

Deno.test("JournalTrouble logs each reason once, until the journal works again", () => {
  using log = stub(console, "error", () => {});
  const trouble = new JournalTrouble();
  trouble.clear();
  assertEquals(trouble.isNone, true);
  for (const reason of ["full", "away", "full", "away"]) trouble.note(reason);
  assertEquals(trouble.isNone, false);
  trouble.clear();
  assertEquals(trouble.isNone, true);
  trouble.clear();
  trouble.note("full");
  assertEquals(
    log.calls.map(({ args }) => args),
    [
      ["chime: the journal failed: full"],
      ["chime: the journal failed: away"],
      ["chime: the journal works again"],
      ["chime: the journal failed: full"],
    ],
  );
});
