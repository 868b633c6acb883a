import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { MAX_KEYS } from "../../../journal/keyed_store.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";
import { PLENTY } from "../contract.ts";

Deno.test("SqliteJournal forgets the oldest keys beyond their number, also of what is held", async () => {
  await using at = await sqliteFolder();
  const entry = (name: string) => ({
    channel: "a",
    data: "",
    key: { name, hash: "h" },
  });
  const names = ["first", "second", "third"];
  let ids;
  {
    await using journal = new SqliteJournal(at.file, PLENTY);
    ids = await journal.append(names.map(entry));
  }
  {
    using database = new DatabaseSync(at.file);
    // As if so many more had been used right after them.
    database.exec(`
      WITH RECURSIVE more (i) AS
        (SELECT 1 UNION ALL SELECT i + 1 FROM more LIMIT ${MAX_KEYS - 3})
      INSERT INTO key
        SELECT i, hash, id, ms, n + i, channel, at
        FROM key, more WHERE name = '"third"'`);
  }
  await using journal = new SqliteJournal(at.file, PLENTY);
  assertEquals(await journal.append(names.map(entry)), ids);
  await journal.append([entry("one more")]);
  const again = await journal.append([entry("second"), entry("third")]);
  assertEquals(again, ids.slice(1));
  const [first] = await journal.append([entry("first")]);
  assertEquals(first === ids[0], false);
});
