import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { epochOf, type EventId } from "../../../events/event_id.ts";
import type { Retention } from "../../../journal/journal.ts";
import { JournalFileError } from "../../../journal/journal.ts";
import { SqliteJournal } from "../../../journal/sqlite/journal.ts";
import { damagePages } from "../../support/damage_pages.ts";
import {
  after,
  EARLIEST,
  eventsOf,
  floorOf,
  readAll,
} from "../../support/read_events.ts";
import { sqliteFolder } from "../../support/sqlite_folder.ts";
import { PLENTY } from "../contract.ts";

/** When the file of the older version was written, in ms since 1970. */
const THEN = Date.now() - 60_000;

/** The events that the older version kept. Those before were let go. */
const EVENTS: [
  n: number,
  channel: string,
  type: string | null,
  data: string,
][] = [
  [3, "a", null, "three"],
  [4, "b", "t", "four \u{1F701}\0"],
  [5, "a", "open", ""],
  [9, "a", null, "x".repeat(10_000)],
];

/** Writes a file as version 0.2 did, with the statements of its schema. */
function writeOld(file: string): void {
  using database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    CREATE TABLE event (
     ms INTEGER NOT NULL,
     n INTEGER NOT NULL,
     channel TEXT NOT NULL,
     type TEXT,
     data BLOB NOT NULL,
     PRIMARY KEY (ms, n)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX event_by_channel ON event (channel, ms, n);
   CREATE TABLE timeline (floor TEXT NOT NULL, last TEXT NOT NULL) STRICT;
   INSERT INTO timeline VALUES ('${THEN}-2', '${THEN}-11');
   PRAGMA application_id = ${0x4368696d};
   PRAGMA user_version = 1;`);
  const insert = database.prepare("INSERT INTO event VALUES (?, ?, ?, ?, ?)");
  for (const [n, channel, type, data] of EVENTS) {
    insert.run(THEN, n, channel, type, new TextEncoder().encode(data));
  }
}

async function migrated(retention: Partial<Retention> = {}) {
  const at = await sqliteFolder();
  writeOld(at.file);
  const journal = new SqliteJournal(at.file, { ...PLENTY, ...retention });
  return {
    ...at,
    journal,
    /** What a reading of a and b finds, as the numbers of the events. */
    async read(from: EventId) {
      const answer = await readAll(journal, ["a", "b"], after(from));
      return answer.kind === "found"
        ? answer.records.map(({ id }) => id.replace(`${THEN}-`, "")).join()
        : answer.kind;
    },
    async [Symbol.asyncDispose]() {
      await journal[Symbol.asyncDispose]();
      await at[Symbol.asyncDispose]();
    },
  };
}

Deno.test("SqliteJournal keeps what an older version wrote, and goes on after it", async () => {
  await using old = await migrated();
  const held = await readAll(old.journal, ["a", "b"], EARLIEST);
  assert(held.kind === "found");
  assertEquals(
    eventsOf(held.records).map(({ id, channel, type = null, data }) => [
      Number(id.split("-")[1]),
      channel,
      type,
      data,
    ]),
    EVENTS,
  );
  const [id] = await old.journal.append([{ channel: "b", data: "new" }]);
  assertEquals(epochOf(id!).length, 6);
  assertEquals(await old.read(`${THEN}-9`), id);
  await old.journal[Symbol.asyncDispose]();
  await using again = new SqliteJournal(old.file, PLENTY);
  const rest = await readAll(again, ["b"], after(`${THEN}-3`));
  assert(rest.kind === "found");
  assertEquals(rest.records.map(({ id }) => id), [`${THEN}-4`, id!]);
});

Deno.test("SqliteJournal knows the ids without an epoch up to the last one that the older version gave out", async () => {
  await using old = await migrated();
  assertEquals(await old.read(`${THEN}-1`), "gone");
  assertEquals(await old.read(`${THEN}-2`), "3,4,5,9");
  assertEquals(await old.read(`${THEN}-4`), "5,9");
  assertEquals(await old.read(`${THEN}-11`), "");
  assertEquals(await old.read(`${THEN}-12`), "unknown");
  const [id] = await old.journal.append([{ channel: "a", data: "" }]);
  assertEquals(await old.read(`${THEN}-11`), id);
  assertEquals(await old.read(id!.split(".")[0] as EventId), "unknown");
  assertEquals(await floorOf(old.journal, "none"), `${THEN}-2`);
});

Deno.test("SqliteJournal counts what an older version wrote for its retention", async () => {
  await using old = await migrated({ maxEvents: 2 });
  // What exceeds another retention goes before anything is read.
  assertEquals(await old.read(`${THEN}-3`), "4,5,9");
  assertEquals(await old.read(`${THEN}-2`), "gone");
  assertEquals(await floorOf(old.journal, "a"), `${THEN}-3`);
  await old.journal.append([{ channel: "a", data: "" }]);
  assertEquals(await floorOf(old.journal, "a"), `${THEN}-5`);

  // 10,000 bytes and the others' overhead are more than that.
  await using small = await migrated({ maxBytes: 10_200 });
  assertEquals(await floorOf(small.journal, "b"), `${THEN}-5`);
  await using young = await migrated({ maxAgeMs: 30_000 });
  assertEquals(await floorOf(young.journal, "b"), `${THEN}-9`);
});

Deno.test("SqliteJournal migrates nothing where it cannot read all of it", async () => {
  await using at = await sqliteFolder();
  writeOld(at.file);
  assertEquals(await damagePages(at.file, "three"), 1);
  const before = await Deno.readFile(at.file);
  assertThrows(
    () => new SqliteJournal(at.file, PLENTY),
    JournalFileError,
    "malformed",
  );
  assertEquals(await Deno.readFile(at.file), before);
});
