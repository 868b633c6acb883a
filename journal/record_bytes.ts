import { Buffer } from "node:buffer";
import type { Message } from "../events/message.ts";
import type { Note } from "./note.ts";

/**
 * How many bytes a record counts for `--retain-total`: those of its texts in UTF-8, and a store's overhead.
 *
 * @param overhead What the store needs for a record besides, in bytes.
 */
export function recordBytes(record: Message | Note, overhead: number): number {
  let bytes = overhead;
  const count = (text = "") => bytes += Buffer.byteLength(text);
  count(record.channel);
  if ("note" in record) {
    count(record.note);
    count(record.payload);
    return bytes;
  }
  count(record.data);
  count(record.type);
  for (const [name, value] of Object.entries(record.fields ?? {})) {
    count(name);
    count(value);
  }
  return bytes;
}
