import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { epochOf, type EventId } from "../../../events/event_id.ts";
import { MAX_EPOCHS } from "../../../journal/epochs.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { after, readAll } from "../../support/read_events.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";
import { PLENTY } from "../contract.ts";

/** The epochs in a file that nobody has open, oldest first. */
function epochsIn(file: string): string[] {
  using database = new DatabaseSync(file);
  return database.prepare("SELECT name FROM epoch ORDER BY rowid").all()
    .map(({ name }) => `${name}`);
}

Deno.test("SqliteJournal forgets the epochs that end before its floor", async () => {
  await using at = await sqliteFolder();
  const ids: EventId[] = [];
  for (let life = 0; life < 6; life++) {
    // Two of the events fit.
    const retention = { ...PLENTY, maxBytes: 2_500 };
    await using journal = new SqliteJournal(at.file, retention);
    const data = "x".repeat(1_000);
    ids.push(...await journal.append([{ channel: "a", data }]));
  }
  assertEquals(epochsIn(at.file), ids.slice(-3).map(epochOf));
  await using journal = new SqliteJournal(at.file, PLENTY);
  const kinds: string[] = [];
  for (const id of ids) {
    kinds.push((await readAll(journal, ["a"], after(id))).kind);
  }
  assertEquals(kinds, [
    ...["unknown", "unknown", "unknown"],
    ...["found", "found", "found"],
  ]);
});

Deno.test("SqliteJournal forgets its oldest epochs beyond 1,000", async () => {
  await using at = await sqliteFolder();
  const ids: EventId[] = [];
  for (let life = 0; life < 2; life++) {
    await using journal = new SqliteJournal(at.file, PLENTY);
    ids.push(...await journal.append([{ channel: "a", data: "" }]));
  }
  {
    using database = new DatabaseSync(at.file);
    const insert = database.prepare(
      "INSERT INTO epoch SELECT last, ? FROM timeline",
    );
    database.exec("BEGIN");
    for (let i = 0; i < MAX_EPOCHS - 2; i++) insert.run(`e${10_000 + i}`);
    database.exec("COMMIT");
  }
  await using journal = new SqliteJournal(at.file, PLENTY);
  const kindOf = async (id: EventId) =>
    (await readAll(journal, ["a"], after(id))).kind;
  assertEquals(await Promise.all(ids.map(kindOf)), ["unknown", "found"]);
});
