import { isNote, type TimelineRecord } from "../journal/note.ts";

/** How much data is encoded at once, in UTF-16 units, unless a single event is larger: each exists several times then. */
const MAX_LENGTH = 1024 * 1024;

/** Splits records into parts that are encoded one after another. There is one part at least. */
export function toParts(
  records: readonly TimelineRecord[],
): (readonly TimelineRecord[])[] {
  const parts: (readonly TimelineRecord[])[] = [];
  let start = 0;
  let length = 0;
  for (const [i, record] of records.entries()) {
    length += isNote(record) ? 0 : record.data.length;
    if (length <= MAX_LENGTH || i === start) continue;
    parts.push(records.slice(start, i));
    start = i;
    length = isNote(record) ? 0 : record.data.length;
  }
  parts.push(start === 0 ? records : records.slice(start));
  return parts;
}
