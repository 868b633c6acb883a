import { assertEquals } from "@std/assert";
import { JournalTrouble } from "../../journal/trouble.ts";
import { CapturedLog } from "../support/captured_log.ts";

Deno.test("JournalTrouble logs each reason once, until the journal works again", () => {
  using log = new CapturedLog();
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
    log.lines,
    [
      "warn the journal failed: full",
      "warn the journal failed: away",
      "info the journal works again",
      "warn the journal failed: full",
    ],
  );
});
