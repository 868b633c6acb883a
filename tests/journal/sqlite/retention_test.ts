import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { EventId } from "../../../events/event_id.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { latestEvents, readEvents } from "../../support/read_events.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";

Deno.test("SqliteJournal removes what is too old, though nothing is appended", async () => {
  using time = new FakeTime();
  await using at = await sqliteFolder();
  await using journal = new SqliteJournal(at.file, {
    maxEvents: 9,
    maxAgeMs: 1_000,
  });
  const appended = journal.append([{ channel: "a", data: "1" }]);
  await time.tickAsync(1);
  const [id] = await appended;
  await time.tickAsync(900);
  assertEquals((await latestEvents(journal, ["a"], id!)).length, 1);
  await time.tickAsync(200);
  assertEquals(await latestEvents(journal, ["a"], id!), []);
  assertEquals(await journal.floor(), id);
});

Deno.test("SqliteJournal keeps as many events as configured, also across restarts", async () => {
  await using at = await sqliteFolder();
  const retention = { maxEvents: 3, maxAgeMs: 86_400_000 };
  const ids: EventId[] = [];
  for (let run = 0; run < 3; run++) {
    await using journal = new SqliteJournal(at.file, retention);
    for (let i = 0; i < 3; i++) {
      ids.push(...await journal.append([{ channel: "a", data: `${i}` }]));
      const floor = await journal.floor();
      const kept = await readEvents(journal, ["a"], floor, ids.at(-1)!, 99);
      assertEquals(kept!.map(({ id }) => id), ids.slice(-3));
      if (ids.length > 3) assertEquals(floor, ids.at(-4));
    }
  }
});

Deno.test("SqliteJournal removes what became too old while it was closed", async () => {
  using time = new FakeTime();
  await using at = await sqliteFolder();
  const retention = { maxEvents: 9, maxAgeMs: 1_000 };
  let id;
  {
    await using journal = new SqliteJournal(at.file, retention);
    const appended = journal.append([{ channel: "a", data: "1" }]);
    await time.tickAsync(1);
    [id] = await appended;
  }
  await time.tickAsync(2_000);
  await using journal = new SqliteJournal(at.file, retention);
  assertEquals(await journal.floor(), id);
});
