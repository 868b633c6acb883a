import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { DatabaseSync } from "node:sqlite";
import {
  type EventId,
  eventIdMs,
  eventIdN,
  placeOf,
} from "../../../events/event_id.ts";
import { UnreadableError } from "../../../journal/history.ts";
import { JournalFileError } from "../../../journal/journal.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { PLENTY } from "../contract.ts";
import { EARLIEST, readEvents } from "../../support/read_events.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";
import { damagePages } from "../../support/damage_pages.ts";
import { CapturedLog } from "../../support/captured_log.ts";

const LIMITS = { maxEvents: 99, maxLength: 9_999 };
const ORIGINAL = "SQLite format 3\0";

/** Makes a journal's file with events of two channels, larger than a few pages. Returns their ids. */
async function fill(file: string): Promise<EventId[]> {
  await using journal = new SqliteJournal(file, PLENTY);
  return await journal.append(Array.from({ length: 100 }, (_, i) => ({
    channel: i < 50 ? "whole" : "torn",
    data: `<${i}>`.repeat(200),
  })));
}

function change(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  // Node has it, the types do not know it yet.
  (database as unknown as { enableDefensive(on: boolean): void })
    .enableDefensive(false);
  database.exec(sql);
  database.close();
}

function newest(channel: string, upTo: EventId) {
  return [
    { channels: [channel], upTo, count: 1, after: "0-0" as EventId },
    LIMITS,
  ] as const;
}

Deno.test("SqliteJournal reads what is whole, and says so of what is not: once in the log, and in its readiness", async () => {
  await using at = await sqliteFolder();
  const ids = await fill(at.file);
  assert(await damagePages(at.file, "<80>") > 0);
  using log = new CapturedLog();
  await using journal = new SqliteJournal(at.file, PLENTY);
  assertEquals(await journal.isReady(), true);

  const [first, last] = [ids[0]!, ids[99]!];
  for (let i = 0; i < 2; i++) {
    await assertRejects(
      () => readEvents(journal, ["torn"], first, last),
      UnreadableError,
      "malformed",
    );
    await assertRejects(
      () => journal.latest(...newest("torn", ids[80]!)),
      UnreadableError,
    );
  }
  assertEquals(await journal.isReady(), false);
  assertEquals(log.lines, [
    `warn cannot optimize the journal "${at.file}"`,
    `warn the journal failed: cannot read "${at.file}": database disk image is malformed`,
  ]);

  const whole = await readEvents(journal, ["whole"], first, last);
  assertEquals(whole!.length, 49);
  const { events: [event] } = await journal.latest(...newest("whole", last));
  assertEquals(event!.id, ids[49]);
  const before = await readEvents(journal, ["torn"], first, ids[52]!);
  assertEquals(before!.map(({ id }) => id), ids.slice(50, 53));
  // An append that succeeds does not mend the page.
  await journal.append([{ channel: "torn", data: "new" }]);
  assertEquals(await journal.isReady(), false);
});

for (const [which, text] of [["first", "<0>"], ["last", "<99>"]] as const) {
  Deno.test(`SqliteJournal starts though the ${which} events are damaged, and is not ready once they are needed`, async () => {
    await using at = await sqliteFolder();
    const ids = await fill(at.file);
    assertEquals(await damagePages(at.file, text), 1);
    using time = new FakeTime();
    using _log = new CapturedLog();
    await using journal = new SqliteJournal(at.file, PLENTY);
    const append = async () => {
      const appended = journal.append([{ channel: "new", data: "x" }]);
      const caught = appended.catch((error) => error.name);
      await time.tickAsync(1);
      return await caught;
    };
    if (which === "last") {
      // The end of the timeline is where everything is appended.
      assertEquals(await append(), "UnavailableError");
      await time.tickAsync(5_000);
      assertEquals(await append(), "UnavailableError");
      await time.tickAsync(5_000);
    } else {
      assertEquals((await append()).length, 1);
      await assertRejects(
        () => readEvents(journal, ["whole"], ids[0]!, ids[9]!),
        UnreadableError,
      );
    }
    assertEquals(await journal.isReady(), false);
  });
}

for (
  const [what, sql] of [
    ["type has a newline", "type = 'a' || char(10) || 'b'"],
    ["type is Chime's own", "type = 'status'"],
    ["type is empty", "type = ''"],
    ["type is too long", "type = hex(zeroblob(50))"],
    ["data is no UTF-8", "data = x'ff'"],
    ["id is negative", "ms = -1"],
    ["id is no safe integer", "n = 9007199254740993"],
  ] as const
) {
  Deno.test(`SqliteJournal sends nobody an event whose ${what}`, async () => {
    await using at = await sqliteFolder();
    const ids = await fill(at.file);
    const where = `ms = ${eventIdMs(ids[60]!)} AND n = ${eventIdN(ids[60]!)}`;
    using _log = new CapturedLog();
    await using journal = new SqliteJournal(at.file, PLENTY);
    const { prepare } = DatabaseSync.prototype;
    let database!: DatabaseSync;
    {
      using _ = stub(
        DatabaseSync.prototype,
        "prepare",
        function (this: DatabaseSync, text) {
          database = this;
          return prepare.call(this, text);
        },
      );
      await journal.append([]);
    }
    // The file belongs to one connection.
    database.exec(`UPDATE event SET ${sql} WHERE ${where}`);
    const upTo: EventId = `${Number.MAX_SAFE_INTEGER}-0`;
    const isFirst = sql.startsWith("ms");
    if (isFirst) {
      const kept = await readEvents(journal, ["torn"], ids[49]!, upTo);
      assertEquals(kept!.length, 49);
      return;
    }
    await assertRejects(
      () => readEvents(journal, ["torn"], ids[49]!, upTo),
      UnreadableError,
    );
    assertEquals(await journal.isReady(), false);
  });
}

Deno.test("SqliteJournal sends what Chime 0.1 took with the types open and error", async () => {
  await using at = await sqliteFolder();
  await using journal = new SqliteJournal(at.file, PLENTY);
  const types = ["open", "error", undefined];
  const ids = await journal.append(
    types.map((type) => ({ channel: "a", data: "", ...(type && { type }) })),
  );
  const events = await readEvents(
    journal,
    ["a"],
    EARLIEST,
    ids[2]!,
  );
  assertEquals(events!.map(({ type }) => type), types);
});

Deno.test("SqliteJournal sends nobody what only the index has", async () => {
  await using at = await sqliteFolder();
  const ids = await fill(at.file);
  // Another definition hides the index from the deletion.
  change(
    at.file,
    `PRAGMA writable_schema = ON;
     CREATE TABLE hidden AS SELECT * FROM sqlite_schema WHERE name = 'event_by_channel';
     DELETE FROM sqlite_schema WHERE name = 'event_by_channel';`,
  );
  const [ms, n] = [eventIdMs(ids[60]!), eventIdN(ids[60]!)];
  change(at.file, `DELETE FROM event WHERE ms = ${ms} AND n = ${n}`);
  change(
    at.file,
    `PRAGMA writable_schema = ON;
     INSERT INTO sqlite_schema SELECT * FROM hidden;`,
  );
  using _log = new CapturedLog();
  await using journal = new SqliteJournal(at.file, PLENTY);
  await assertRejects(
    () => readEvents(journal, ["torn"], ids[49]!, ids[99]!),
    UnreadableError,
    `Cannot trust event ${
      placeOf(ids[60]!)
    }: the index and the events disagree`,
  );
});

async function edit(
  file: string,
  write: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  await Deno.writeFile(file, write(await Deno.readFile(file)));
}

for (
  const [what, damage, reason] of [
    [
      "header is damaged",
      (file) => edit(file, (bytes) => bytes.fill(0xff, 0, 100)),
      "file is not a database",
    ],
    [
      "header's numbers are damaged",
      (file) => edit(file, (bytes) => bytes.fill(0xff, ORIGINAL.length, 100)),
      "file is not a database",
    ],
    [
      "mark is damaged",
      (file) => edit(file, (bytes) => bytes.fill(0, 68, 72)),
      "it is another program's database",
    ],
    [
      "version is damaged",
      (file) => edit(file, (bytes) => bytes.fill(0, 60, 64)),
      "it is damaged: its schema has no version",
    ],
    [
      "schema page is damaged",
      (file) => edit(file, (bytes) => bytes.fill(0xff, 100, 4096)),
      "database disk image is malformed",
    ],
    [
      "schema is emptied",
      (file) => edit(file, (bytes) => bytes.fill(0, 103, 105)),
      "no such table",
    ],
    [
      "second half is missing",
      (file) => edit(file, (bytes) => bytes.subarray(0, 4096 * 5)),
      "database disk image is malformed",
    ],
    [
      "last bytes are missing",
      (file) => edit(file, (bytes) => bytes.subarray(0, -100)),
      "it is damaged: its end is missing",
    ],
    [
      "first byte alone is left",
      (file) => edit(file, (bytes) => bytes.subarray(0, 1)),
      "file is not a database",
    ],
    [
      "timeline is gone",
      (file) => change(file, "DELETE FROM timeline"),
      "it is damaged: its timeline is not whole",
    ],
    [
      "timeline is there twice",
      (file) => change(file, "INSERT INTO timeline SELECT * FROM timeline"),
      "it is damaged: its timeline is not whole",
    ],
    [
      "timeline has no id",
      (file) => change(file, "UPDATE timeline SET last = 'x'"),
      "it is damaged: its timeline is not whole",
    ],
    [
      "timeline ends before its events",
      (file) => change(file, "UPDATE timeline SET floor = '1-0', last = '1-0'"),
      "it is damaged: its timeline is not whole",
    ],
    [
      "epochs begin after its end",
      (file) => change(file, "UPDATE epoch SET start = '9999999999999-0'"),
      "it is damaged: its timeline is not whole",
    ],
    [
      "timeline begins after its end",
      (file) => change(file, "UPDATE timeline SET floor = '9' || last"),
      "it is damaged: its timeline is not whole",
    ],
    [
      "table is gone",
      (file) => change(file, "DROP TABLE event"),
      "no such table: event",
    ],
  ] satisfies [string, (file: string) => void | Promise<void>, string][]
) {
  Deno.test(`SqliteJournal refuses a file whose ${what}, and leaves it as it is`, async () => {
    await using at = await sqliteFolder();
    await fill(at.file);
    await damage(at.file);
    const before = await Deno.readFile(at.file);
    const error = assertThrows(
      () => new SqliteJournal(at.file, PLENTY),
      JournalFileError,
      reason,
    );
    const after = await Deno.readFile(at.file);
    assert(!error.message.includes("\n"));
    assert(error.message.startsWith(`Cannot open the journal "${at.file}": `));
    assert(before.every((byte, i) => byte === after[i]), "It was changed");
    assertEquals(after.length, before.length);
  });
}
