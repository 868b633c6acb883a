import type { EventId } from "../events/event_id.ts";
import type { ChannelEvent } from "../events/message.ts";

/** How much is read at once. The first event is, however large it is. */
export interface ReadLimits {
  maxEvents: number;
  /** In UTF-16 units of data. */
  maxLength: number;
}

/** What was read. */
export interface Reading {
  /** Oldest first. */
  events: readonly ChannelEvent[];
  /** Whether there are no more in what was asked for. */
  isComplete: boolean;
}

/** Which events are the newest. */
export interface LatestQuery {
  channels: readonly string[];
  /** The id up to which events count. */
  upTo: EventId;
  /** How many of each channel, at most. */
  count: number;
  /** Those up to here were read already, and are left out. */
  after: EventId;
}

/** Where a hub finds events that its rings do not hold. */
export interface History {
  /**
   * The channels' events behind `after`, up to and with `upTo`, as far as the limits go.
   *
   * Resolves to nothing where it cannot be proved that these are all there were: `after` is older than what is kept, or
   * was never given out. An `after` beyond `upTo` that may be right is answered with no events, and those are complete.
   *
   * @throws {UnavailableError} where it cannot be read for now.
   * @throws {UnreadableError} where it cannot be read for good.
   */
  read(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
    limits: ReadLimits,
  ): Promise<Reading | undefined>;

  /**
   * The id behind which everything is kept.
   *
   * @throws {UnavailableError} where it cannot be read for now.
   * @throws {UnreadableError} where it cannot be read for good.
   */
  floor(): Promise<EventId>;

  /**
   * The newest events of each channel, oldest first, as far as the limits go.
   *
   * @throws {UnavailableError} where it cannot be read for now.
   * @throws {UnreadableError} where it cannot be read for good.
   */
  latest(query: LatestQuery, limits: ReadLimits): Promise<Reading>;
}

/** Takes events as far as the limits go, one at least, and asks for one more to know whether that is all. */
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

/** What keeps the events is out of reach for now. A client that needs it waits until the timeline goes on. */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}

/**
 * The events are there but cannot be read: a damaged page, an I/O error, a record that makes no event. Waiting will not
 * help, so a client that needs them is told to reset. Whoever throws it writes the reason to the log.
 */
export class UnreadableError extends Error {
  override name = "UnreadableError";
}
