import { assertEquals, assertRejects } from "@std/assert";
import { stub } from "@std/testing/mock";
import { DatabaseSync } from "node:sqlite";
import { UnavailableError } from "../../../journal/history.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import { recordStatements } from "../../support/record_statements.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";
import { PLENTY } from "../contract.ts";

const LIFETIME_MS = 60_000;

Deno.test("SqliteJournal writes nothing where a value is asked for that is not there", async () => {
  await using at = await sqliteFolder();
  await using journal = new SqliteJournal(at.file, PLENTY);
  await journal.set("ticket", { key: "k", value: "v" }, LIFETIME_MS);
  using statements = recordStatements();
  assertEquals(await journal.take("ticket", "none"), undefined);
  assertEquals(await journal.take("revocation", "k"), undefined);
  assertEquals(statements.list, []);
  assertEquals(await journal.take("ticket", "k"), "v");
  assertEquals(statements.list, ["BEGIN IMMEDIATE", "COMMIT"]);
});

Deno.test("SqliteJournal takes and keeps no value where the commit fails", async () => {
  await using at = await sqliteFolder();
  using _log = new CapturedLog();
  const old = { key: "old", value: "v" };
  {
    await using journal = new SqliteJournal(at.file, PLENTY);
    await journal.set("ticket", old, LIFETIME_MS);
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
      const entries = [{ key: "new", value: "v" }, { key: "old", value: "w" }];
      for (const entry of entries) {
        await assertRejects(
          () => journal.set("ticket", entry, LIFETIME_MS),
          UnavailableError,
        );
      }
      await assertRejects(
        () => journal.take("ticket", "old"),
        UnavailableError,
      );
    }
    assertEquals(await journal.list("ticket"), [old]);
  }
  await using journal = new SqliteJournal(at.file, PLENTY);
  assertEquals(await journal.list("ticket"), [old]);
  assertEquals(await journal.take("ticket", "old"), "v");
});
