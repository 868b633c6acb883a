import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { MemoryJournal } from "../channels/memory_journal.ts";
import { PLENTY, testJournal } from "./journal_contract.ts";

testJournal({
  name: "MemoryJournal",
  open: (retention) => Promise.resolve(new MemoryJournal(retention)),
});

Deno.test("MemoryJournal lets go of what is too old", async () => {
  using time = new FakeTime();
  await using journal = new MemoryJournal({ maxEvents: 9, maxAgeMs: 1_000 });
  const [id] = await journal.append([{ channel: "a", data: "1" }]);
  await time.tickAsync(1_000);
  assertEquals((await journal.latest(["a"], id!)).length, 1);
  await time.tickAsync(1);
  assertEquals(await journal.latest(["a"], id!), []);
  assertEquals(await journal.floor(), id);
});

Deno.test("MemoryJournal's ids rise though the system's clock is set back", async () => {
  using time = new FakeTime("2026-11-22T05:30:20Z");
  await using journal = new MemoryJournal(PLENTY);
  const [a] = await journal.append([{ channel: "a", data: "" }]);
  time.setSystemClock(-60_000);
  const [b] = await journal.append([{ channel: "a", data: "" }]);
  assertEquals([a, b], ["1795325420000-1", "1795325420000-2"]);
});
