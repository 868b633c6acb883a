import { InputError } from "../events/input_error.ts";
import type { Message } from "../events/message.ts";
import type { Retention } from "./journal.ts";

/** A batch is larger than what its journal keeps. The message names both numbers. */
export class BatchTooLargeError extends InputError {
  override name = "BatchTooLargeError";
}

/**
 * Checks the size of a batch before any of it is written. If a batch is too large, its last messages push out its first.
 *
 * @param maxLength How much data the journal keeps, in UTF-16 units.
 * @returns The error to refuse the batch with; nothing where it fits.
 */
export function batchError(
  messages: readonly Message[],
  { maxEvents }: Retention,
  maxLength = Infinity,
): BatchTooLargeError | undefined {
  if (messages.length > maxEvents) {
    return new BatchTooLargeError(
      `Cannot publish ${messages.length} messages at once: the journal keeps ${maxEvents} (--retain-events)`,
    );
  }
  const length = messages.reduce((sum, { data }) => sum + data.length, 0);
  if (length > maxLength) {
    return new BatchTooLargeError(
      `Cannot publish ${length} characters at once: the journal keeps ${maxLength}`,
    );
  }
  return undefined;
}
