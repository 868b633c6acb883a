import { DatabaseSync } from "node:sqlite";
import { log } from "../../log/log.ts";
import { JournalFileError } from "../journal.ts";

/** "Chim", in the file's header, tells a journal from other programs' databases. */
const APPLICATION_ID = 0x4368696d;

/** A database has one page at least, and a page this many bytes. https://www.sqlite.org/fileformat.html */
const MIN_SIZE = 512;

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
 * Opens a journal's file for this process alone, makes it where there is none, and brings its schema up to date. What is
 * refused is left as it is.
 *
 * @throws {JournalFileError} where it cannot be opened, another process has it, it is another program's, is damaged, or
 * was written by a newer Chime.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    checkFile(path);
    // After a crash the file may be incomplete until its log is copied into it.
    const size = hasLog(path) ? undefined : stat(path)?.size;
    database = new DatabaseSync(path);
    // Taken with the first access, kept until the end: two processes would each give out ids of their own.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    migrate(database, size);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    return database;
  } catch (error) {
    database?.close();
    throw fileError(path, error);
  }
}

/** What a journal's file cannot be used for, in a line that names it. */
export function fileError(path: string, error: unknown): JournalFileError {
  return new JournalFileError(
    `Cannot open the journal "${path}": ${reason(error)}`,
  );
}

/** Refuses what SQLite would write into, or over, though it is none of its databases. */
function checkFile(path: string): void {
  const file = stat(path);
  const isEmpty = !file || file.size === 0;
  if (file && !file.isFile) throw new Error("it is no regular file");
  if (!file && stat(path, Deno.lstatSync)) {
    throw new Error("it is a link to a file that is not there");
  }
  if (!isEmpty && file.size < MIN_SIZE) {
    throw new Error("file is not a database");
  }
  // SQLite deletes the log of a database that is empty.
  if (isEmpty && hasLog(path)) {
    throw new Error(
      `it is ${
        file ? "empty" : "gone"
      }, but its events may be in "${path}-wal": move that away to begin anew`,
    );
  }
  if (file && isEmpty) log(`the journal "${path}" is empty: beginning it`);
}

function hasLog(path: string): boolean {
  const isThere = stat(path) !== undefined;
  const wal = stat(`${isThere ? Deno.realPathSync(path) : path}-wal`);
  return wal !== undefined && wal.size > 0;
}

/** What is known of a file; nothing where there is none. */
function stat(
  path: string,
  statSync: (path: string) => Deno.FileInfo = Deno.statSync,
): Deno.FileInfo | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** @param size The file's, in bytes, where it must be whole. */
function migrate(database: DatabaseSync, size = 0): void {
  database.exec("BEGIN EXCLUSIVE");
  const { application_id: application } = get(database, "application_id");
  const { user_version: version } = get(database, "user_version");
  const { page_count: pages } = get(database, "page_count");
  const { count } = database.prepare(
    "SELECT count(*) AS count FROM sqlite_schema",
  ).get() as { count: number };
  // An empty database has one page, or none.
  const isNew = application === 0 && version === 0 && count === 0 && pages! < 2;
  if (!isNew && application !== APPLICATION_ID) {
    throw new Error("it is another program's database");
  }
  if (version! > MIGRATIONS.length) {
    throw new Error(
      `it was written by a newer Chime: its schema is ${version}, this one knows ${MIGRATIONS.length}`,
    );
  }
  if (!isNew && !(version! > 0)) {
    throw new Error("it is damaged: its schema has no version");
  }
  const { page_size: pageSize } = get(database, "page_size");
  if (size % pageSize! !== 0) {
    throw new Error("it is damaged: its end is missing");
  }
  for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
  if (version! < MIGRATIONS.length) {
    database.exec(
      `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`,
    );
  }
  database.exec("COMMIT");
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
