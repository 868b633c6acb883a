import {
  type ReadLimits,
  UnavailableError,
  UnreadableError,
} from "./history.ts";
import type { TimelineRecord } from "./note.ts";

/** How many events to look up: one more than may be read shows whether there are more. */
export function lookUpCount({ maxEvents }: ReadLimits): number {
  return maxEvents + 1;
}

/**
 * Takes records as far as the limits go, and one at least. Asks for one more, to find out whether there are more.
 *
 * @param records Oldest first. Not asked for more than is needed, so a generator may read each when it is due.
 */
export function readWithin<T extends TimelineRecord>(
  records: Iterable<T>,
  { maxEvents, maxLength }: ReadLimits,
): { records: T[]; isComplete: boolean } {
  const taken: T[] = [];
  let length = 0;
  for (const record of records) {
    length += "data" in record ? record.data.length : 0;
    const isTooMuch = taken.length === maxEvents || length > maxLength;
    if (taken.length > 0 && isTooMuch) {
      return { records: taken, isComplete: false };
    }
    taken.push(record);
  }
  return { records: taken, isComplete: true };
}

/**
 * Makes the error that a reading ends with.
 *
 * @param cause What failed. The error has its message.
 * @param passes Whether waiting may help.
 */
export function readingError(
  cause: Error,
  passes: boolean,
): UnavailableError | UnreadableError {
  const ReadingError = passes ? UnavailableError : UnreadableError;
  return new ReadingError(cause.message, { cause });
}
