import type { DatabaseSync } from "node:sqlite";
import {
  compareEventIds,
  isEventId,
  type Place,
} from "../../events/event_id.ts";
import { type Epoch, Epochs } from "../epochs.ts";
import type { Floor } from "../proof.ts";
import { StoreClock } from "../store_clock.ts";
import { type RowPlace, toPlace } from "./rows.ts";

/** The table, read by its index, which is small. Damaged events then do not keep a journal from starting. */
export const BY_CHANNEL = "event INDEXED BY event_by_channel";

/** What a file knows of its timeline, besides the records. */
export interface Timeline {
  /** The last place given out. */
  readonly last: Place;
  /** The floor of all channels, where something was let go of all. */
  readonly floor: Floor | undefined;
  readonly epochs: Epochs;
  /** The size of all records, in bytes. */
  readonly bytes: number;
}

/**
 * Reads what the file knows of its timeline.
 *
 * @throws {Error} It is damaged, or does not fit the events.
 */
export function readTimeline(
  database: DatabaseSync,
): { timeline: Timeline; clock: StoreClock } {
  const rows = database.prepare("SELECT * FROM timeline").all();
  const epochs = database.prepare(
    "SELECT start, name FROM epoch ORDER BY rowid",
  ).all() as unknown as Epoch[];
  const newest = database.prepare(
    `SELECT ms, n FROM ${BY_CHANNEL} ORDER BY ms DESC, n DESC LIMIT 1`,
  ).get() as RowPlace | undefined;
  const [row = {}] = rows;
  const [last, floor] = [`${row.last}`, row.floor && `${row.floor}`];
  const isWhole = rows.length === 1 && isEventId(last) &&
    (!floor || isEventId(floor) && compareEventIds(floor, last) <= 0) &&
    (!newest || compareEventIds(toPlace(newest), last) <= 0) &&
    areWhole(epochs, last as Place);
  if (!isWhole) throw new Error("it is damaged: its timeline is not whole");
  return {
    timeline: {
      last: last as Place,
      floor: floor
        ? { place: floor as Place, timeMs: row.floor_ms as number }
        : undefined,
      epochs: new Epochs(epochs),
      bytes: row.bytes as number,
    },
    clock: new StoreClock(row.now_ms as number, row.went_back_ms as number),
  };
}

function areWhole(epochs: readonly Epoch[], last: Place): boolean {
  return epochs.every(({ start }, i) =>
    isEventId(start) &&
    compareEventIds(start, epochs[i + 1]?.start ?? last) <= 0
  );
}

/** Writes what the file knows of its timeline, but for the epochs. */
export function writeTimeline(
  database: DatabaseSync,
  { last, floor, bytes }: Timeline,
  { nowMs, wentBackMs }: StoreClock,
): void {
  database.prepare(
    "UPDATE timeline SET last = ?, floor = ?, floor_ms = ?, bytes = ?, now_ms = ?, went_back_ms = ?",
  ).run(
    last,
    floor?.place ?? null,
    floor?.timeMs ?? null,
    bytes,
    nowMs,
    wentBackMs,
  );
}

/** Writes the epochs. There are few, and they change seldom. */
export function writeEpochs(database: DatabaseSync, { list }: Epochs): void {
  database.exec("DELETE FROM epoch");
  const insert = database.prepare("INSERT INTO epoch VALUES (?, ?)");
  for (const { start, name } of list) insert.run(start, name);
}
