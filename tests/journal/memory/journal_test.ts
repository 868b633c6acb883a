import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { placeOf } from "../../../events/event_id.ts";
import { MemoryJournal } from "../../../journal/memory/journal.ts";
import { PLENTY, testJournal } from "../contract.ts";
import { after, readAll } from "../../support/read_events.ts";

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
  assertEquals([a!, b!].map(placeOf), ["1795325420000-1", "1795325420000-2"]);
});

Deno.test("MemoryJournal does not know the ids of another one, though their places are its own", async () => {
  using _time = new FakeTime("2026-11-22T05:30:20Z");
  await using one = new MemoryJournal(PLENTY);
  await using two = new MemoryJournal(PLENTY);
  const ids = await Promise.all(
    [one, two].map((journal) => journal.append([{ channel: "a", data: "" }])),
  );
  const [a, b] = ids.flat();
  assertEquals(placeOf(a!), placeOf(b!));
  assertEquals(await readAll(two, ["a"], after(a!)), { kind: "unknown" });
});
