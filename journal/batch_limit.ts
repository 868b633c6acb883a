import { InputError } from "../events/input_error.ts";
import type { Entry, Retention } from "./journal.ts";
import { recordBytes } from "./record_bytes.ts";

/** A batch is larger than what its journal keeps. The message names both numbers. */
export class BatchTooLargeError extends InputError {
  override name = "BatchTooLargeError";
}

/**
 * Checks the size of a batch before any of it is written. If a batch is too large, its last messages push out its first.
 *
 * @param overhead What the store needs for a record besides its texts, in bytes.
 * @returns The error to refuse the batch with; nothing where it fits.
 */
export function batchError(
  entries: readonly Entry[],
  { maxEvents, maxBytes }: Retention,
  overhead: number,
): BatchTooLargeError | undefined {
  const counts = new Map<string, number>();
  let bytes = 0;
  for (const entry of entries) {
    bytes += recordBytes(entry, overhead);
    if ("note" in entry) continue;
    counts.set(entry.channel, (counts.get(entry.channel) ?? 0) + 1);
  }
  const count = Math.max(0, ...counts.values());
  if (count > maxEvents) {
    return new BatchTooLargeError(
      `Cannot publish ${count} messages at once: the journal keeps ${maxEvents} of each channel (--retain-events)`,
    );
  }
  if (bytes > maxBytes) {
    return new BatchTooLargeError(
      `Cannot publish ${bytes} bytes at once: the journal keeps ${maxBytes} (--retain-total; each message counts ${overhead} more)`,
    );
  }
  return undefined;
}
