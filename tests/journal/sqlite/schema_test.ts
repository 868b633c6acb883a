import { assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { JournalFileError } from "../../../journal/journal.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { PLENTY } from "../contract.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";
import { CapturedLog } from "../../support/captured_log.ts";

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
      "it was written by a newer Chime: its schema is 99, this one knows 2",
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
  using log = new CapturedLog();
  await using journal = new SqliteJournal(at.file, PLENTY);
  assertEquals(log.lines, [
    `info the journal "${at.file}" is empty: beginning it`,
  ]);
  assertEquals((await journal.append([{ channel: "a", data: "" }])).length, 1);
});

Deno.test("SqliteJournal says nothing of a file that it makes", async () => {
  await using at = await sqliteFolder();
  using log = new CapturedLog();
  await using _journal = new SqliteJournal(at.file, PLENTY);
  assertEquals(log.lines, []);
});

Deno.test("SqliteJournal refuses a file in a folder that is not there", () => {
  assertThrows(
    () => new SqliteJournal("/nowhere/events.db", PLENTY),
    JournalFileError,
    'Cannot open the journal "/nowhere/events.db": unable to open database file',
  );
});

Deno.test("SqliteJournal refuses a file of the very next version of the schema", async () => {
  await using at = await sqliteFolder();
  await new SqliteJournal(at.file, PLENTY)[Symbol.asyncDispose]();
  {
    using database = new DatabaseSync(at.file);
    const { user_version: version } = database.prepare("PRAGMA user_version")
      .get() as { user_version: number };
    database.exec(`PRAGMA user_version = ${version + 1}`);
  }
  assertThrows(
    () => new SqliteJournal(at.file, PLENTY),
    JournalFileError,
    "it was written by a newer Chime",
  );
});

Deno.test("SqliteJournal lets go of a file that it refuses", async () => {
  await using at = await sqliteFolder();
  await new SqliteJournal(at.file, PLENTY)[Symbol.asyncDispose]();
  {
    using database = new DatabaseSync(at.file);
    database.exec("DELETE FROM timeline");
  }
  assertThrows(
    () => new SqliteJournal(at.file, PLENTY),
    JournalFileError,
    "its timeline is not whole",
  );
  using database = new DatabaseSync(at.file);
  database.exec("BEGIN EXCLUSIVE; COMMIT");
});
