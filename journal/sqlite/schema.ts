import { DatabaseSync } from "node:sqlite";
import { log } from "../../log/log.ts";
import { JournalFileError } from "../journal.ts";
import { CREATE, MIGRATIONS, SCHEMA_VERSION, withNow } from "./migrations.ts";

/** "Chim" in the file's header: a journal, and no other program's database. */
const APPLICATION_ID = 0x4368696d;

/** The size of the smallest database, in bytes: one page. https://www.sqlite.org/fileformat.html */
const MIN_SIZE = 512;

/**
 * Opens a journal's file for this process alone, or creates it, and brings its schema up to date. A file that is refused
 * is not changed.
 *
 * @throws {JournalFileError} The file cannot be opened, is open in another process, belongs to another program, is
 * damaged, or was written by a newer Chime.
 */
export function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    checkFile(path);
    // After a crash the file may be incomplete until SQLite copies its log into it.
    const size = hasLog(path) ? undefined : stat(path)?.size;
    database = new DatabaseSync(path);
    // The lock is taken at the first access and kept until the end: two processes would give out the same ids.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    migrate(database, size);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    return database;
  } catch (error) {
    database?.close();
    throw fileError(path, error);
  }
}

/** Makes the error for a file that cannot be used. */
export function fileError(path: string, error: unknown): JournalFileError {
  return new JournalFileError(
    `Cannot open the journal "${path}": ${reason(error)}`,
  );
}

/** Refuses files that SQLite would change or overwrite though they are no databases. */
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
  // SQLite deletes the log of an empty database, and with it the events.
  if (isEmpty && hasLog(path)) {
    throw new Error(
      `it is ${
        file ? "empty" : "gone"
      }, but its events may be in "${path}-wal": move that away to begin anew`,
    );
  }
  if (file && isEmpty) log.info(`the journal "${path}" is empty: beginning it`);
}

function hasLog(path: string): boolean {
  const isThere = stat(path) !== undefined;
  const wal = stat(`${isThere ? Deno.realPathSync(path) : path}-wal`);
  return wal !== undefined && wal.size > 0;
}

/** Information on a file; nothing where there is none. */
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

/** @param size The file's size in bytes, where the file must be complete. */
function migrate(database: DatabaseSync, size = 0): void {
  database.exec("BEGIN EXCLUSIVE");
  const { application_id: application } = get(database, "application_id");
  const { user_version: version } = get(database, "user_version");
  const { page_count: pages } = get(database, "page_count");
  const { count } = database.prepare(
    "SELECT count(*) AS count FROM sqlite_schema",
  ).get() as { count: number };
  // An empty database has one page or none.
  const isNew = application === 0 && version === 0 && count === 0 && pages! < 2;
  if (!isNew && application !== APPLICATION_ID) {
    throw new Error("it is another program's database");
  }
  if (version! > SCHEMA_VERSION) {
    throw new Error(
      `it was written by a newer Chime: its schema is ${version}, this one knows ${SCHEMA_VERSION}`,
    );
  }
  if (!isNew && !(version! > 0)) {
    throw new Error("it is damaged: its schema has no version");
  }
  const { page_size: pageSize } = get(database, "page_size");
  if (size % pageSize! !== 0) {
    throw new Error("it is damaged: its end is missing");
  }
  const isOld = isNew || version! < SCHEMA_VERSION;
  if (isOld) {
    database.exec(withNow(isNew ? CREATE : MIGRATIONS.get(version!)!));
    database.exec(
      `PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${SCHEMA_VERSION}`,
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
