import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import { recordStatements } from "../../support/record_statements.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";
import { PLENTY } from "../contract.ts";

const HOUR_MS = 3_600_000;

Deno.test("SqliteJournal has SQLite's statistics refreshed at the start and every hour, while the file is there", async () => {
  await using at = await sqliteFolder();
  using time = new FakeTime();
  using _log = new CapturedLog();
  using statements = recordStatements();
  const optimized = () =>
    statements.list.filter((sql) => sql.includes("optimize"));
  const journal = new SqliteJournal(at.file, PLENTY);
  const expected = ["PRAGMA optimize=0x10002"];
  assertEquals(optimized(), expected);
  for (let i = 0; i < 2; i++) {
    await time.tickAsync(HOUR_MS - 1);
    assertEquals(optimized(), expected);
    await time.tickAsync(1);
    expected.push("PRAGMA optimize");
    assertEquals(optimized(), expected);
  }
  await Deno.rename(at.file, `${at.file}.away`);
  await time.tickAsync(HOUR_MS);
  assertEquals(optimized(), expected);
  await Deno.rename(`${at.file}.away`, at.file);
  await journal[Symbol.asyncDispose]();
  await time.tickAsync(HOUR_MS);
  assertEquals(optimized(), expected);
});
