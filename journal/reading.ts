import { compareEventIds, type EventId } from "../events/event_id.ts";
import type { ChannelEvent } from "../events/message.ts";
import {
  type Reading,
  type ReadLimits,
  UnavailableError,
  UnreadableError,
} from "./history.ts";

/** The part of a timeline that a history holds in full. */
export interface Kept {
  /** Every event after this id is kept. */
  floor: EventId;
  /** The newest id that was given out. */
  last: EventId;
}

/**
 * Whether a history holds every event after an id. It does not where some of them have been removed, nor where the id is
 * newer than any that was given out: then it belongs to another timeline.
 */
export function isKnown(id: EventId, { floor, last }: Kept): boolean {
  return compareEventIds(id, floor) >= 0 && compareEventIds(id, last) <= 0;
}

/** How many events to look up: one more than may be read shows whether there are more. */
export function lookUpCount({ maxEvents }: ReadLimits): number {
  return maxEvents + 1;
}

/**
 * Takes events as far as the limits go, and one at least. Asks for one more, to find out whether there are more.
 *
 * @param events Oldest first. Not asked for more than is needed, so a generator may read each event when it is due.
 */
export function readWithin(
  events: Iterable<ChannelEvent>,
  { maxEvents, maxLength }: ReadLimits,
): Reading {
  const taken: ChannelEvent[] = [];
  let length = 0;
  for (const event of events) {
    length += event.data.length;
    const isTooMuch = taken.length === maxEvents || length > maxLength;
    if (taken.length > 0 && isTooMuch) {
      return { events: taken, isComplete: false };
    }
    taken.push(event);
  }
  return { events: taken, isComplete: true };
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
