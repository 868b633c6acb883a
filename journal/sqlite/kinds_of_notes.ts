import type { DatabaseSync } from "node:sqlite";
import { Epochs } from "../epochs.ts";
import type { TimelineRecord } from "../note.ts";
import { toRecord } from "./rows.ts";

/**
 * Reads one note of each kind that the file holds.
 *
 * @returns The notes. Their ids have no epochs.
 * @throws {Error} The file is damaged.
 */
export function readKindsOfNotes(database: DatabaseSync): TimelineRecord[] {
  const one = database.prepare(
    "SELECT ms, n, channel, note, data FROM event WHERE note = ? LIMIT 1",
  );
  return database.prepare(
    "SELECT DISTINCT note FROM event INDEXED BY event_by_note WHERE note IS NOT NULL",
  ).all().map(({ note }) => toRecord(one.get(note as string)!, new Epochs()));
}
