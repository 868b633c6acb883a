import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { UnavailableError } from "../../../journal/history.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { PLENTY } from "../contract.ts";
import { EARLIEST, readEvents } from "../../support/read_events.ts";
import {
  type SqliteFolder,
  sqliteFolder,
} from "../../support/sqlite_folder.ts";
import { CapturedLog } from "../../support/captured_log.ts";

const MESSAGE = { channel: "a", data: "x" };

/** What can become of a journal's files, what is said of it, and how it is undone, if it can be. */
const CHANGES: readonly {
  what: string;
  change(at: SqliteFolder): Promise<unknown>;
  reason: string;
  undo?(at: SqliteFolder): Promise<unknown>;
}[] = [
  {
    what: "file is deleted",
    change: ({ file }) => Deno.remove(file),
    reason: "its file is gone",
  },
  {
    what: "file is moved away",
    change: ({ file }) => Deno.rename(file, `${file}.away`),
    reason: "its file is gone",
    undo: ({ file }) => Deno.rename(`${file}.away`, file),
  },
  {
    what: "file is replaced",
    async change({ file }) {
      await Deno.rename(file, `${file}.away`);
      await Deno.copyFile(`${file}.away`, file);
    },
    reason: "its file was replaced",
    undo: ({ file }) => Deno.rename(`${file}.away`, file),
  },
  {
    what: "file is truncated",
    change: ({ file }) => Deno.truncate(file, 0),
    reason: "its file was truncated",
  },
  {
    what: "file loses its last byte",
    change: async ({ file }) =>
      await Deno.truncate(file, (await Deno.stat(file)).size - 1),
    reason: "its file was truncated",
  },
  {
    what: "log is deleted",
    change: ({ file }) => Deno.remove(`${file}-wal`),
    reason: "its write-ahead log is gone",
  },
  {
    what: "log is replaced",
    async change({ file }) {
      await Deno.rename(`${file}-wal`, `${file}-wal.away`);
      await Deno.copyFile(`${file}-wal.away`, `${file}-wal`);
    },
    reason: "its write-ahead log was replaced",
    undo: ({ file }) => Deno.rename(`${file}-wal.away`, `${file}-wal`),
  },
  {
    what: "log is truncated",
    change: ({ file }) => Deno.truncate(`${file}-wal`, 0),
    reason: "its write-ahead log was truncated",
  },
  {
    what: "folder is renamed",
    change: ({ folder }) => Deno.rename(folder, `${folder}.away`),
    reason: "its file is gone",
    undo: ({ folder }) => Deno.rename(`${folder}.away`, folder),
  },
];

for (const { what, change, reason, undo } of CHANGES) {
  const criterion = undo ? ", until the same is back" : "";
  Deno.test(`SqliteJournal whose ${what} appends nothing more${criterion}`, async () => {
    await using at = await sqliteFolder();
    using time = new FakeTime();
    using log = new CapturedLog();
    const lines = () => log.lines;
    const failed =
      `warn the journal failed: cannot append to "${at.file}": ${reason}`;
    await using journal = new SqliteJournal(at.file, PLENTY);
    const append = async () => {
      const appended = journal.append([MESSAGE]);
      const settled = Promise.allSettled([appended]);
      await time.tickAsync(1);
      await settled;
      return appended;
    };
    const [id] = await append();
    await change(at);

    const refused = append();
    await assertRejects(() => refused, UnavailableError, reason);
    assertEquals(await journal.isReady(), false);
    await time.tickAsync(10_000);
    await assertRejects(append, UnavailableError, reason);
    assertEquals(lines(), [failed]);

    if (undo) {
      await undo(at);
      await time.tickAsync(5_000);
      assertEquals(await journal.isReady(), true);
      assertEquals(lines(), [failed, "info the journal works again"]);
      const [next] = await append();
      const kept = await readEvents(journal, ["a"], id!, next!);
      assertEquals(kept!.map((event) => event.id), [next]);
    }
  });
}

Deno.test("SqliteJournal finds out within 5 s that its file is gone, though nobody publishes or asks", async () => {
  await using at = await sqliteFolder();
  using time = new FakeTime();
  using log = new CapturedLog();
  await using _journal = new SqliteJournal(at.file, PLENTY);
  await time.tickAsync(5_000);
  await Deno.remove(at.file);
  await time.tickAsync(5_000);
  assertEquals(log.lines.length, 1);
});

Deno.test("SqliteJournal follows a link to its file, and notices where it leads elsewhere", async () => {
  await using at = await sqliteFolder();
  const real = join(at.folder, "real.db");
  await new SqliteJournal(real, PLENTY)[Symbol.asyncDispose]();
  await Deno.symlink(real, at.file);
  using _log = new CapturedLog();
  await using journal = new SqliteJournal(at.file, PLENTY);
  await journal.append([MESSAGE]);
  assertEquals(await journal.isReady(), true);
  const other = join(at.folder, "other.db");
  await Deno.copyFile(real, other);
  await Deno.remove(at.file);
  await Deno.symlink(other, at.file);
  await assertRejects(
    () => journal.append([MESSAGE]),
    UnavailableError,
    "its file was replaced",
  );
});

Deno.test("SqliteJournal whose log is deleted has everything in its file once it is closed", async () => {
  await using at = await sqliteFolder();
  using _log = new CapturedLog();
  const journal = new SqliteJournal(at.file, PLENTY);
  const [id] = await journal.append([MESSAGE]);
  await Deno.remove(`${at.file}-wal`);
  await journal[Symbol.asyncDispose]();
  await using again = new SqliteJournal(at.file, PLENTY);
  const kept = await readEvents(again, ["a"], EARLIEST, id!);
  assertEquals(kept!.map((event) => event.id), [id]);
});

Deno.test("SqliteJournal leaves another database in its place, and that one's log, as they are", async () => {
  await using at = await sqliteFolder();
  using _log = new CapturedLog();
  const journal = new SqliteJournal(at.file, PLENTY);
  await journal.append([MESSAGE]);
  await Deno.remove(at.file);
  await Deno.remove(`${at.file}-wal`);
  using other = new DatabaseSync(at.file);
  other.exec(
    "PRAGMA journal_mode = WAL; CREATE TABLE a (b); INSERT INTO a VALUES (1)",
  );
  const log = await Deno.stat(`${at.file}-wal`);
  await journal[Symbol.asyncDispose]();
  const after = await Deno.stat(`${at.file}-wal`);
  assertEquals([after.ino, after.size], [log.ino, log.size]);
});

for (const [which, suffix] of [["file", ""], ["log", "-wal"]] as const) {
  Deno.test(`SqliteJournal whose ${which} was truncated leaves both as they are when it is closed`, async () => {
    await using at = await sqliteFolder();
    using _log = new CapturedLog();
    const journal = new SqliteJournal(at.file, PLENTY);
    await journal.append([MESSAGE]);
    await Deno.truncate(`${at.file}${suffix}`, 0);
    const files = [at.file, `${at.file}-wal`];
    const before = await Promise.all(files.map((file) => Deno.readFile(file)));
    await journal[Symbol.asyncDispose]();
    const after = await Promise.all(files.map((file) => Deno.readFile(file)));
    for (const [i, bytes] of after.entries()) {
      assertEquals(bytes.length, before[i]!.length);
      assertEquals(bytes.every((byte, at) => byte === before[i]![at]), true);
    }
  });
}
