import type { DatabaseSync } from "node:sqlite";
import { compareEventIds, isEventId } from "../../events/event_id.ts";
import type { Kept } from "../reading.ts";
import { type Place, toId } from "./rows.ts";

/** The table, read by its index, which is small. Damaged events then do not keep a journal from starting. */
export const BY_CHANNEL = "event INDEXED BY event_by_channel";

/**
 * Reads the part of the timeline that the file holds.
 *
 * @throws {Error} The record of the timeline is damaged, or does not fit the events.
 */
export function readTimeline(database: DatabaseSync): Kept {
  const rows = database.prepare("SELECT floor, last FROM timeline").all();
  const [floor, last] = [`${rows[0]?.floor}`, `${rows[0]?.last}`];
  const newest = database.prepare(
    `SELECT ms, n FROM ${BY_CHANNEL} ORDER BY ms DESC, n DESC LIMIT 1`,
  ).get() as Place | undefined;
  const isWhole = rows.length === 1 && isEventId(floor) && isEventId(last) &&
    compareEventIds(floor, last) <= 0 &&
    (!newest || compareEventIds(toId(newest), last) <= 0);
  if (!isWhole) throw new Error("it is damaged: its timeline is not whole");
  return { floor, last };
}
