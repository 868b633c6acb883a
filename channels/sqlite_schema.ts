import { DatabaseSync } from "node:sqlite";
import { JournalFileError } from "./journal.ts";

/** "Chim", in the file's header, tells a journal from other programs' databases. */
const APPLICATION_ID = 0x4368696d;

/**
 * What makes each version of the schema out of the one before. An entry, once released, never changes.
 *
 * Events are clustered by id, which is the order of all reading. Data is UTF-8 in a blob: a text is read up to a NUL only. `timeline` holds what outlives the events themselves:
 * the id behind which everything is kept, and the last id given out.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE event (
     ms INTEGER NOT NULL,
     n INTEGER NOT NULL,
     channel TEXT NOT NULL,
     type TEXT,
     data BLOB NOT NULL,
     PRIMARY KEY (ms, n)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX event_by_channel ON event (channel, ms, n);
   CREATE TABLE timeline (floor TEXT NOT NULL, last TEXT NOT NULL) STRICT;
   INSERT INTO timeline SELECT now, now FROM (SELECT CAST(unixepoch('subsec') * 1000 AS INTEGER) || '-0' AS now);`,
];

/**
 * Opens a journal's file for this process alone, makes it where there is none, and brings its schema up to date.
 *
 * @throws {JournalFileError} where it cannot be opened, another process has it, it is another program's, or was written
 * by a newer Chime.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    // Taken with the first access, kept until the end: two processes would each give out ids of their own.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    migrate(database);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    return database;
  } catch (error) {
    database?.close();
    throw new JournalFileError(
      `Cannot open the journal "${path}": ${reason(error)}`,
    );
  }
}

function migrate(database: DatabaseSync): void {
  database.exec("BEGIN EXCLUSIVE");
  const { application_id: application } = get(database, "application_id");
  const { user_version: version } = get(database, "user_version");
  const { count } = database.prepare(
    "SELECT count(*) AS count FROM sqlite_schema",
  ).get() as { count: number };
  if (application !== APPLICATION_ID && count > 0) {
    throw new Error("it is another program's database");
  }
  if (version! > MIGRATIONS.length) {
    throw new Error(
      `it was written by a newer Chime: its schema is ${version}, this one knows ${MIGRATIONS.length}`,
    );
  }
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
  database.exec(
    `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`,
  );
}

function get(database: DatabaseSync, pragma: string): Record<string, number> {
  return database.prepare(`PRAGMA ${pragma}`).get() as Record<string, number>;
}

function reason(error: unknown): string {
  const { message } = error as Error;
  return message === "database is locked"
    ? "another process has it open"
    : message;
}
