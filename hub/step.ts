import type { EventId } from "../events/event_id.ts";
import type { Frame, Status } from "../events/frame.ts";
import type { Position } from "./ring.ts";

/** What to write: events, a status event, or events with a status event at their end. */
export interface Write {
  readonly bytes?: Frame | undefined;
  /** How many events the bytes hold. */
  readonly count: number;
  /** The id of the first event, where that is known. */
  readonly first?: EventId | undefined;
  /** It is not counted as an event. */
  readonly status?: Status | undefined;
  /** The last id in it, that of the status event if this has one. Known where a reader does not go on to live by it. */
  readonly last?: EventId | undefined;
}

/** Nothing to write until the timeline has moved from a position. */
export interface Wait {
  readonly waitFrom: Position;
}

/**
 * A write of a status event alone.
 *
 * @param place Where the stream goes on, if the status speaks of that.
 */
export function writeStatus(status: Status, place?: EventId): Write {
  return { count: 0, status, last: place };
}

/** The write with a status event at its end; of the status event alone where there is no write. */
export function withStatus(
  write: Write | undefined,
  status: Status,
  place: EventId,
): Write {
  return { count: 0, ...write, status, last: place };
}
