import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { type EventId, ORIGIN } from "../../../events/event_id.ts";
import { UnreadableError } from "../../../journal/history.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { PLENTY } from "../contract.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import { EARLIEST, floorOf, readEvents } from "../../support/read_events.ts";
import { recordStatements } from "../../support/record_statements.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";
import { damagePages } from "../../support/damage_pages.ts";

for (
  const [why, retention] of [
    ["too many", { ...PLENTY, maxEvents: 100 }],
    ["too old", { ...PLENTY, maxAgeMs: 60_000 }],
  ] as const
) {
  Deno.test(`SqliteJournal goes on publishing though events that are ${why} are damaged, keeps them, and says so`, async () => {
    await using at = await sqliteFolder();
    using time = new FakeTime();
    const pending = (async () => {
      await using journal = new SqliteJournal(at.file, retention);
      return await journal.append(Array.from({ length: 100 }, (_, i) => ({
        channel: "old",
        data: `<${i}>`.repeat(200),
      })));
    })();
    await time.tickAsync(1);
    await pending;
    assert(await damagePages(at.file, "<0>") > 0);
    using log = new CapturedLog();
    await using journal = new SqliteJournal(at.file, retention);
    assertEquals(await journal.isReady(), true);
    const ids: EventId[] = [];
    for (let i = 0; i < 3; i++) {
      if (why === "too old") await time.tickAsync(61_000);
      const appended = journal.append([
        { channel: "new", data: `${i}` },
        { channel: "old", data: "" },
      ]);
      await time.tickAsync(6_000);
      ids.push((await appended)[0]!);
    }
    assertEquals(await journal.isReady(), false);
    assertEquals(log.lines, [
      `warn cannot optimize the journal "${at.file}"`,
      `warn the journal failed: cannot remove old events from "${at.file}", and keeps them: database disk image is malformed`,
    ]);
    assertEquals(await floorOf(journal, "new"), ORIGIN);
    const kept = await readEvents(journal, ["new"], EARLIEST, ids[2]!);
    assertEquals(kept!.map(({ data }) => data), ["0", "1", "2"]);
    await assertRejects(
      () => readEvents(journal, ["old"], EARLIEST),
      UnreadableError,
    );
  });
}

Deno.test("SqliteJournal tries again to remove events after 5 s, though the clock is set back meanwhile", async () => {
  await using at = await sqliteFolder();
  using time = new FakeTime();
  using _log = new CapturedLog();
  const retention = { ...PLENTY, maxEvents: 100 };
  const append = async (journal: SqliteJournal, count: number) => {
    const appended = journal.append(
      Array.from({ length: count }, (_, i) => ({
        channel: "old",
        data: `<${i}>`.repeat(200),
      })),
    );
    await time.tickAsync(1);
    await appended;
  };
  {
    await using journal = new SqliteJournal(at.file, retention);
    await append(journal, 100);
  }
  assert(await damagePages(at.file, "<0>") > 0);
  await using journal = new SqliteJournal(at.file, retention);
  const tries = async () => {
    using statements = recordStatements();
    await append(journal, 1);
    return statements.list.filter((sql) => sql.startsWith("BEGIN")).length;
  };
  // First with the removal, and once more without.
  assertEquals(await tries(), 2);
  assertEquals(await tries(), 1);
  time.setSystemClock(-86_400_000);
  await time.tickAsync(5_000);
  assertEquals(await tries(), 2);
});
