import {
  compareEventIds,
  epochOf,
  type EventId,
} from "../../events/event_id.ts";
import type { ReadFrom } from "../history.ts";
import type { TimelineRecord } from "../note.ts";
import { placeArguments } from "./places.ts";
import { idOf, type RecordReader } from "./records.ts";
import type { Page } from "./scripts.ts";

/** How much Redis answers with at once, in bytes, or one record: it does nothing else meanwhile. */
const PAGE_BYTES = 1024 * 1024;

/** What is asked of the script that reads, besides the channels. */
export interface PageQuery {
  kind: ReadFrom["kind"] | "latest";
  /** An id, or a time in ms since 1970. */
  from: EventId | number;
  unproved: EventId;
  upTo: EventId;
  maxCount: number;
  /** How many of each channel's newest events. */
  newest: number;
  /** A floor, with its time, which counts too; empty for none. */
  least: string;
}

/** What of a page has been read. */
export interface ReadPage {
  records: TimelineRecord[];
  /** The last id read, of what is no event as well. */
  last: EventId | undefined;
}

/** The arguments of the script that reads, before the names of the channels. */
export function pageArguments(query: PageQuery, maxAgeMs: number): string[] {
  const { kind, from, unproved, upTo, maxCount, newest, least } = query;
  return [
    kind,
    ...(typeof from === "number"
      ? [`${Math.ceil(from)}`, "0", ""]
      : [...placeArguments(from), epochOf(from)]),
    ...placeArguments(unproved),
    ...placeArguments(upTo),
    ...[`${maxAgeMs}`, `${maxCount}`, `${PAGE_BYTES}`, `${newest}`],
    ...[epochOf(upTo), least],
  ];
}

/** The records of a page, in order. */
export function recordsOf(
  { lists, cut }: Page,
  channels: readonly string[],
  reader: RecordReader,
): ReadPage {
  const found: { id: EventId; record: TimelineRecord | undefined }[] = [];
  for (const { index, items } of lists) {
    const channel = channels[index - 1]!;
    for (let i = 0; i < items.length; i += 2) {
      const [head, data] = [items[i]!, items[i + 1]!];
      const id = idOf(head);
      if (!id) continue;
      if (cut && compareEventIds(id, cut) >= 0) break;
      found.push({ id, record: reader.read(head, channel, data) });
    }
  }
  found.sort((a, b) => compareEventIds(a.id, b.id));
  return {
    records: found.flatMap(({ record }) => record ?? []),
    last: found.at(-1)?.id,
  };
}
