/**
 * The tables of a journal's file.
 *
 * Events are clustered by their places, as all reading is in that order. What is small comes first in a row: SQLite then
 * reads it without the data. Data is UTF-8 in a blob, as SQLite reads a text only up to the first NUL.
 *
 * - `event`: events and notes. `at` says when one was appended, in ms since 1970, where that is not its `ms`. `note` is a
 *   note's kind. `bytes` is what it counts for the retention.
 * - `channel`: what is held of a channel, and the floor of what it alone has lost. It has a row only while it has records.
 * - `timeline`: one row, which remains when the events are removed.
 * - `epoch`: the lives of the file, oldest first.
 * - `key`: the keys of publications. `value`: the values beside the timeline, which end at `ends_ms`.
 */
const TABLES = `
  CREATE TABLE event (
    ms INTEGER NOT NULL,
    n INTEGER NOT NULL,
    channel TEXT NOT NULL,
    at INTEGER,
    note TEXT,
    bytes INTEGER NOT NULL,
    type TEXT,
    fields TEXT,
    data BLOB,
    PRIMARY KEY (ms, n)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE channel (
    name TEXT PRIMARY KEY,
    events INTEGER NOT NULL,
    notes INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    floor TEXT,
    floor_ms INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE timeline (
    last TEXT NOT NULL,
    floor TEXT,
    floor_ms INTEGER,
    bytes INTEGER NOT NULL,
    now_ms INTEGER NOT NULL,
    went_back_ms INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE epoch (start TEXT NOT NULL, name TEXT NOT NULL) STRICT;
  CREATE TABLE key (
    name TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    id TEXT NOT NULL,
    ms INTEGER NOT NULL,
    n INTEGER NOT NULL,
    channel TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE value (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    ends_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID;`;

const INDEXES = `
  CREATE INDEX event_by_channel ON event (channel, ms, n, note, at);
  CREATE INDEX event_by_note ON event (note) WHERE note IS NOT NULL;
  CREATE INDEX key_by_place ON key (ms, n);`;

/** Stands for the present time, in ms since 1970: that of Chime's clock, and not of SQLite's. */
const NOW = ":now";

/** The version of the schema that this Chime writes. */
export const SCHEMA_VERSION = 2;

/** Puts the present time into statements. */
export function withNow(statements: string): string {
  return statements.replaceAll(NOW, `${Date.now()}`);
}

/** Makes the tables of a new file. There may have been another file before, so that nothing is proved of that time. */
export const CREATE = `${TABLES} ${INDEXES}
  INSERT INTO timeline VALUES ('0-0', '0-0', ${NOW}, 0, ${NOW}, ${NOW});`;

/**
 * The statements that bring a file of an older version up to date, by its version. Nothing was kept by channel in version
 * 1, and ids had no epochs: those up to the last one are known by a first epoch without a name.
 */
export const MIGRATIONS: ReadonlyMap<number, string> = new Map([
  [
    1,
    `DROP INDEX event_by_channel;
     ALTER TABLE event RENAME TO event_1;
     ALTER TABLE timeline RENAME TO timeline_1;
     ${TABLES}
     INSERT INTO event
       SELECT ms, n, channel, NULL, NULL,
         length(data) + octet_length(channel) + coalesce(octet_length(type), 0) + 100,
         type, NULL, data
       FROM event_1 ORDER BY ms, n;
     DROP TABLE event_1;
     ${INDEXES}
     INSERT INTO channel
       SELECT channel, count(*), 0, sum(bytes), NULL, NULL FROM event GROUP BY channel;
     INSERT INTO timeline
       SELECT last, floor, CAST(substr(floor, 1, instr(floor, '-') - 1) AS INTEGER),
         (SELECT coalesce(sum(bytes), 0) FROM event), ${NOW}, ${NOW}
       FROM timeline_1;
     INSERT INTO epoch SELECT '0-0', '' FROM timeline_1;
     DROP TABLE timeline_1;`,
  ],
]);
