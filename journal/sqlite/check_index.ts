import type { DatabaseSync } from "node:sqlite";
import { comparePlaces, type RowPlace } from "./rows.ts";
import { BY_CHANNEL } from "./timeline.ts";

/** SQLite's code for damage. https://www.sqlite.org/rescode.html#corrupt */
const CORRUPT = 11;

/** An event as the table or its index has it. */
export interface IndexEntry extends RowPlace {
  channel: string;
  note: string | null;
  at: number | null;
}

/** What a check of the index by channel found. */
export interface IndexCheck {
  /** Whether the index alone is damaged. It can be made anew, and nothing is lost. */
  isRepairable: boolean;
  /** Where the index and the table disagree, and none of them is known to be right. */
  untrusted: readonly IndexEntry[];
}

/**
 * Compares the index by channel with the events: whoever reads by a damaged index misses events without an error. Reads
 * no data, so 10,000 events take some 20 ms, and 300,000 less than a second.
 *
 * @returns Nothing where each event is found by the index, and the index has nothing else.
 * @throws {Error} The database cannot be read, for another reason than damage.
 */
export function checkIndex(database: DatabaseSync): IndexCheck | undefined {
  if (unlessDamaged(() => isWhole(database))) return undefined;
  const rows = unlessDamaged(() => all(database, "event ORDER BY ms, n"));
  // Readings of the damaged events fail by themselves. What else the index has lost is not known.
  if (!rows) return undefined;
  const entries = unlessDamaged(() => all(database, BY_CHANNEL));
  if (!entries) return { isRepairable: true, untrusted: [] };
  const unmatched = new Set(rows.map(toKey));
  const strays = entries.filter((entry, i) =>
    !unmatched.delete(toKey(entry)) && isInOrder(entries, i)
  );
  if (strays.length === 0) return { isRepairable: true, untrusted: [] };
  // Where an entry is in its place, the event may be what is damaged: the index made anew would hide that.
  const lost = rows.filter((row) => unmatched.has(toKey(row)));
  return { isRepairable: false, untrusted: [...strays, ...lost] };
}

function isWhole(database: DatabaseSync): boolean {
  // In the order of the table, which makes SQLite read that: NOT INDEXED alone does not. The limit keeps the order.
  const { count, found } = database.prepare(
    `SELECT count(*) AS count, sum(EXISTS (
       SELECT 1 FROM event AS i INDEXED BY event_by_channel
       WHERE i.channel = e.channel AND i.ms = e.ms AND i.n = e.n
         AND i.note IS e.note AND i.at IS e.at)) AS found
     FROM (SELECT ms, n, channel, note, at FROM event ORDER BY ms, n LIMIT -1) AS e`,
  ).get()!;
  const { entries } = database.prepare(
    `SELECT count(*) AS entries FROM ${BY_CHANNEL}`,
  ).get()!;
  return (found ?? 0) === count && entries === count;
}

/** All entries in the order in which they are stored. */
function all(database: DatabaseSync, source: string): IndexEntry[] {
  return database.prepare(`SELECT ms, n, channel, note, at FROM ${source}`)
    .all() as unknown as IndexEntry[];
}

function toKey({ ms, n, channel, note, at }: IndexEntry): string {
  return JSON.stringify([ms, n, channel, note, at]);
}

function isInOrder(entries: readonly IndexEntry[], i: number): boolean {
  const [before, entry, after] = [entries[i - 1], entries[i]!, entries[i + 1]];
  return (!before || compare(before, entry) < 0) &&
    (!after || compare(entry, after) < 0);
}

function compare(a: IndexEntry, b: IndexEntry): number {
  if (a.channel === b.channel) return comparePlaces(a, b);
  return a.channel < b.channel ? -1 : 1;
}

/** @returns Nothing where what is read is damaged. */
function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { errcode = 0 } = error as { errcode?: number };
    if ((errcode & 0xff) !== CORRUPT) throw error;
    return undefined;
  }
}
