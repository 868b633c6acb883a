import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { MemoryJournal } from "../../../journal/memory/journal.ts";
import { PLENTY, testJournal } from "../contract.ts";

testJournal({
  name: "MemoryJournal",
  open: (retention) => Promise.resolve(new MemoryJournal(retention)),
});

Deno.test("MemoryJournal's ids rise though the system's clock is set back", async () => {
  using time = new FakeTime("2026-11-22T05:30:20Z");
  await using journal = new MemoryJournal(PLENTY);
  const [a] = await journal.append([{ channel: "a", data: "" }]);
  time.setSystemClock(-60_000);
  const [b] = await journal.append([{ channel: "a", data: "" }]);
  assertEquals([a, b], ["1795325420000-1", "1795325420000-2"]);
});
