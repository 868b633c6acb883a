import {
  compareEventIds,
  type EventId,
  ORIGIN,
  type Place,
} from "../../events/event_id.ts";
import { firstIndex } from "../first_index.ts";
import type { TimelineRecord } from "../note.ts";
import { type PageQuery, recordsOf } from "./page.ts";
import type { Questions } from "./questions.ts";
import type { RecordReader } from "./records.ts";
import type { Scope } from "./scope.ts";

/** What was read of a scope. */
export interface PartsRead {
  kind: "found" | "gone" | "unknown";
  /** The highest floor of all parts. */
  floor: Place;
  /** In order, and complete up to where the reading was cut. */
  records: TimelineRecord[];
  /** The last id up to which that is so; nothing where there was nothing more. */
  cut: EventId | undefined;
}

/**
 * Reads the next records of all channels of a scope, one part after another. Each part is judged in one step with its
 * reading, and what was there up to a place stays as it is, or is gone by a floor: so together they are as good as one.
 */
export async function readParts(
  { parts, upTo: end, floor: least }: Scope,
  query: Omit<PageQuery, "upTo" | "least">,
  questions: Questions,
  reader: RecordReader,
): Promise<PartsRead> {
  let kind: PartsRead["kind"] = "found";
  let floor: Place = ORIGIN;
  let cut: EventId | undefined;
  let records: TimelineRecord[] = [];
  for (const part of parts) {
    // Of the next parts nothing is needed beyond what is complete. What is the newest is judged by the whole, though.
    const upTo = query.kind === "latest" ? end : cut ?? end;
    const page = await questions.page(part, { ...query, upTo, least });
    if (page.kind === "unknown") {
      return { kind: "unknown", floor, records: [], cut };
    }
    if (compareEventIds(page.floor, floor) > 0) floor = page.floor;
    if (page.kind === "gone") kind = "gone";
    const read = recordsOf(page, part, reader);
    records = merge(records, read.records);
    if (page.cut && read.last) cut = earlier(cut, read.last);
    // What is more than is asked for would be read again.
    const last = records[query.maxCount - 1];
    if (last && records.length > query.maxCount) cut = earlier(cut, last.id);
    if (cut) records = records.slice(0, countUpTo(records, cut));
  }
  return { kind, floor, records, cut };
}

function merge(
  records: TimelineRecord[],
  more: TimelineRecord[],
): TimelineRecord[] {
  if (records.length === 0) return more;
  return [...records, ...more].sort((a, b) => compareEventIds(a.id, b.id));
}

function earlier(a: EventId | undefined, b: EventId): EventId {
  return a && compareEventIds(a, b) < 0 ? a : b;
}

function countUpTo(records: readonly TimelineRecord[], end: EventId): number {
  return firstIndex(
    records.length,
    (i) => compareEventIds(records[i]!.id, end) > 0,
  );
}
