import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { type EventId, ORIGIN, placeOf } from "../../../events/event_id.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { PLENTY } from "../contract.ts";
import {
  EARLIEST,
  floorOf,
  latestEvents,
  readEvents,
} from "../../support/read_events.ts";
import { recordStatements } from "../../support/record_statements.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";

Deno.test("SqliteJournal removes what is too old, though nothing is appended", async () => {
  using time = new FakeTime();
  await using at = await sqliteFolder();
  await using journal = new SqliteJournal(at.file, {
    maxEvents: 9,
    maxAgeMs: 1_000,
    maxBytes: PLENTY.maxBytes,
  });
  const appended = journal.append([{ channel: "a", data: "1" }]);
  await time.tickAsync(1);
  const [id] = await appended;
  await time.tickAsync(900);
  assertEquals((await latestEvents(journal, ["a"], id!)).length, 1);
  await time.tickAsync(200);
  assertEquals(await latestEvents(journal, ["a"], id!), []);
  assertEquals(await floorOf(journal, "a"), placeOf(id!));
});

Deno.test("SqliteJournal keeps as many events as configured, also across restarts", async () => {
  await using at = await sqliteFolder();
  const retention = { ...PLENTY, maxEvents: 3 };
  const ids: EventId[] = [];
  for (let run = 0; run < 3; run++) {
    await using journal = new SqliteJournal(at.file, retention);
    for (let i = 0; i < 3; i++) {
      ids.push(...await journal.append([{ channel: "a", data: `${i}` }]));
      const kept = await readEvents(journal, ["a"], EARLIEST, ids.at(-1)!, 99);
      assertEquals(kept!.map(({ id }) => id), ids.slice(-3));
      const before = ids.at(-4);
      assertEquals(
        await floorOf(journal, "a"),
        before ? placeOf(before) : ORIGIN,
      );
    }
  }
});

Deno.test("SqliteJournal removes what became too old while it was closed, before anybody reads", async () => {
  using time = new FakeTime();
  await using at = await sqliteFolder();
  const retention = { ...PLENTY, maxAgeMs: 1_000 };
  let id;
  {
    await using journal = new SqliteJournal(at.file, retention);
    const appended = journal.append([{ channel: "a", data: "1" }]);
    await time.tickAsync(1);
    [id] = await appended;
  }
  await time.tickAsync(2_000);
  await using journal = new SqliteJournal(at.file, retention);
  using statements = recordStatements();
  assertEquals(await floorOf(journal, "a"), placeOf(id!));
  assertEquals(statements.list, []);
});

Deno.test("SqliteJournal writes nothing for readers of an empty journal, however old it is", async () => {
  using time = new FakeTime();
  await using at = await sqliteFolder();
  const retention = { ...PLENTY, maxAgeMs: 1_000 };
  await using journal = new SqliteJournal(at.file, retention);
  await time.tickAsync(2_000);
  using statements = recordStatements();
  assertEquals(await latestEvents(journal, ["a"]), []);
  assertEquals(statements.list, []);
});
