import { assertEquals, assertThrows } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { DatabaseSync } from "node:sqlite";
import type { EventId } from "../../../events/event_id.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { JournalFileError } from "../../../journal/journal.ts";
import { UnavailableError } from "../../../journal/history.ts";
import { assertRejects } from "@std/assert";
import { PLENTY, testJournal } from "../contract.ts";
import { latestEvents, readEvents } from "../read_events.ts";
import { sqliteFolder } from "./folder.ts";

testJournal({
  name: "SqliteJournal",
  async open(retention) {
    const { file, [Symbol.asyncDispose]: remove } = await sqliteFolder();
    const journal = new SqliteJournal(file, retention);
    const close = journal[Symbol.asyncDispose].bind(journal);
    let isOpen = true;
    journal[Symbol.asyncDispose] = async () => {
      if (!isOpen) return;
      isOpen = false;
      await close();
      await remove();
    };
    return journal;
  },
});

Deno.test("SqliteJournal goes on where it was closed", async () => {
  await using at = await sqliteFolder();
  let ids, floor;
  {
    await using journal = new SqliteJournal(at.file, PLENTY);
    floor = await journal.floor();
    ids = await journal.append([{ channel: "a", data: "1", type: "t" }]);
  }
  await using journal = new SqliteJournal(at.file, PLENTY);
  const [next] = await journal.append([{ channel: "a", data: "2" }]);
  assertEquals(await readEvents(journal, ["a"], floor, next!, 9), [
    { channel: "a", data: "1", type: "t", id: ids[0]! },
    { channel: "a", data: "2", id: next! },
  ]);
});

Deno.test("SqliteJournal's ids rise across restarts though the system's clock is set back", async () => {
  using time = new FakeTime("2026-11-22T05:30:20Z");
  await using at = await sqliteFolder();
  const append = async () => {
    await using journal = new SqliteJournal(at.file, PLENTY);
    const appended = journal.append([{ channel: "a", data: "" }]);
    await time.tickAsync(1);
    return (await appended)[0]!;
  };
  await append();
  const before = await append();
  time.setSystemClock(-3_600_000);
  // Opening takes one as well.
  assertEquals(await append(), before.replace(/\d+$/, (n) => `${+n + 2}`));
});

Deno.test("SqliteJournal commits what comes together at once, and refuses it together", async () => {
  await using at = await sqliteFolder();
  await using journal = new SqliteJournal(at.file, PLENTY);
  const floor = await journal.floor();
  const appends = [
    journal.append([{ channel: "a", data: "1" }]),
    // No such type of value can be stored.
    journal.append([{ channel: {} as string, data: "2" }]),
    journal.append([{ channel: "a", data: "3" }]),
  ];
  for (const append of appends) {
    await assertRejects(() => append, UnavailableError, "The journal failed");
  }
  const [id] = await journal.append([{ channel: "a", data: "4" }]);
  const kept = await readEvents(journal, ["a"], floor, id!, 9);
  assertEquals(kept!.map(({ data }) => data), ["4"]);
});

Deno.test("SqliteJournal refuses nothing that it has committed", async () => {
  await using at = await sqliteFolder();
  await using journal = new SqliteJournal(at.file, PLENTY);
  const floor = await journal.floor();
  const { prepare } = DatabaseSync.prototype;
  {
    using _ = stub(
      DatabaseSync.prototype,
      "prepare",
      function (this: DatabaseSync, sql) {
        if (/^UPDATE timeline/.test(sql)) throw new Error("disk I/O error");
        return prepare.call(this, sql);
      },
    );
    await assertRejects(
      () => journal.append([{ channel: "a", data: "refused" }]),
      UnavailableError,
      "disk I/O error",
    );
  }
  const [id] = await journal.append([{ channel: "a", data: "taken" }]);
  assertEquals(await readEvents(journal, ["a"], floor, id!, 9), [
    { channel: "a", data: "taken", id: id! },
  ]);
});

Deno.test("SqliteJournal lets go of what is too old, though nothing is appended", async () => {
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

Deno.test("SqliteJournal commits what waits before it closes", async () => {
  await using at = await sqliteFolder();
  let appended;
  {
    await using journal = new SqliteJournal(at.file, PLENTY);
    appended = journal.append([{ channel: "a", data: "1" }]);
  }
  const [id] = await appended;
  await using journal = new SqliteJournal(at.file, PLENTY);
  assertEquals((await latestEvents(journal, ["a"], id!)).length, 1);
});

Deno.test("SqliteJournal refuses a file that another has open", async () => {
  await using at = await sqliteFolder();
  await using _journal = new SqliteJournal(at.file, PLENTY);
  assertThrows(
    () => new SqliteJournal(at.file, PLENTY),
    JournalFileError,
    `Cannot open the journal "${at.file}": another process has it open`,
  );
});

for (
  const [what, sql, reason] of [
    [
      "of a newer Chime",
      "PRAGMA user_version = 99",
      "it was written by a newer Chime: its schema is 99, this one knows 1",
    ],
    [
      "of another program",
      "PRAGMA application_id = 7",
      "it is another program's database",
    ],
  ] as const
) {
  Deno.test(`SqliteJournal refuses the file ${what}, and leaves it as it is`, async () => {
    await using at = await sqliteFolder();
    await new SqliteJournal(at.file, PLENTY)[Symbol.asyncDispose]();
    const database = new DatabaseSync(at.file);
    database.exec(sql);
    database.close();
    const before = await Deno.readFile(at.file);
    assertThrows(
      () => new SqliteJournal(at.file, PLENTY),
      JournalFileError,
      reason,
    );
    assertEquals(await Deno.readFile(at.file), before);
  });
}

for (
  const [what, make, reason] of [
    [
      "a text",
      (file) => Deno.writeTextFile(file, "no database".repeat(100)),
      "file is not a database",
    ],
    [
      "a short text",
      (file) => Deno.writeTextFile(file, "x"),
      "file is not a database",
    ],
    [
      "zeros",
      (file) => Deno.writeFile(file, new Uint8Array(8_192)),
      "file is not a database",
    ],
    [
      "another program's database",
      (file) => makeDatabase(file, "CREATE TABLE a (b)"),
      "it is another program's database",
    ],
    [
      "another program's empty database",
      (file) => makeDatabase(file, "PRAGMA user_version = 7"),
      "it is another program's database",
    ],
    [
      "another program's marked database",
      (file) => makeDatabase(file, "PRAGMA application_id = 7"),
      "it is another program's database",
    ],
    [
      "another program's emptied database",
      (file) => makeDatabase(file, "CREATE TABLE a (b); DROP TABLE a"),
      "it is another program's database",
    ],
    ["a folder", (file) => Deno.mkdir(file), "it is no regular file"],
    [
      "a device",
      (file) => Deno.symlink("/dev/null", file),
      "it is no regular file",
    ],
    [
      "a link to nothing",
      (file) => Deno.symlink(`${file}.away`, file),
      "it is a link to a file that is not there",
    ],
    [
      "an empty file whose log is not",
      async (file) => {
        await Deno.writeTextFile(file, "");
        await Deno.writeTextFile(`${file}-wal`, "events");
      },
      'it is empty, but its events may be in "',
    ],
    [
      "a log without its file",
      (file) => Deno.writeTextFile(`${file}-wal`, "events"),
      'it is gone, but its events may be in "',
    ],
  ] satisfies [string, (file: string) => void | Promise<void>, string][]
) {
  Deno.test(`SqliteJournal refuses ${what}, and leaves it as it is`, async () => {
    await using at = await sqliteFolder();
    await make(at.file);
    const before = await fileSizes(at.folder);
    assertThrows(
      () => new SqliteJournal(at.file, PLENTY),
      JournalFileError,
      `Cannot open the journal "${at.file}": ${reason}`,
    );
    assertEquals(await fileSizes(at.folder), before);
  });
}

function makeDatabase(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

async function fileSizes(folder: string): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {};
  for await (const { name } of Deno.readDir(folder)) {
    sizes[name] = (await Deno.lstat(`${folder}/${name}`)).size;
  }
  return sizes;
}

Deno.test("SqliteJournal begins an empty file, and says so", async () => {
  await using at = await sqliteFolder();
  await Deno.writeTextFile(at.file, "");
  using log = stub(console, "error", () => {});
  await using journal = new SqliteJournal(at.file, PLENTY);
  assertEquals(log.calls.map(({ args }) => args), [[
    `chime: the journal "${at.file}" is empty: beginning it`,
  ]]);
  assertEquals((await journal.append([{ channel: "a", data: "" }])).length, 1);
});

Deno.test("SqliteJournal says nothing of a file that it makes", async () => {
  await using at = await sqliteFolder();
  using log = stub(console, "error", () => {});
  await using _journal = new SqliteJournal(at.file, PLENTY);
  assertEquals(log.calls, []);
});

Deno.test("SqliteJournal refuses a file in a folder that is not there", () => {
  assertThrows(
    () => new SqliteJournal("/nowhere/events.db", PLENTY),
    JournalFileError,
    'Cannot open the journal "/nowhere/events.db": unable to open database file',
  );
});

Deno.test("SqliteJournal keeps as many as told, also across restarts", async () => {
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

Deno.test("SqliteJournal lets go of what became too old while it was closed", async () => {
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
