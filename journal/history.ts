import type { EventId } from "../events/event_id.ts";
import type { ChannelEvent } from "../events/message.ts";

/** How much is read at once. The first event is read however large it is. */
export interface ReadLimits {
  maxEvents: number;
  /** In UTF-16 units of data. */
  maxLength: number;
}

/** The answer to a query. */
export interface Reading {
  /** Oldest first. */
  events: readonly ChannelEvent[];
  /** Whether the query has no further events. */
  isComplete: boolean;
}

/** Which events to read. */
export interface ReadQuery {
  channels: readonly string[];
  /** Only events after this id. */
  after: EventId;
  /** Only events up to this id, and the one with it. */
  upTo: EventId;
}

/** Which events to read, the newest only. */
export interface LatestQuery extends ReadQuery {
  /** How many events of each channel, at most. Those up to `after` count too. */
  count: number;
}

/** A store of past events, read for what the hub no longer holds. */
export interface History {
  /**
   * Reads the events that a query asks for, as far as the limits go.
   *
   * @returns Nothing where the history cannot prove that these are all the events there were: `after` is older than what
   * is kept, or was never given out. Where `after` is newer than `upTo`, but may be right, the answer has no events and
   * is complete.
   * @throws {UnavailableError} The history cannot be read for now.
   * @throws {UnreadableError} The history cannot be read, and waiting will not help.
   */
  read(query: ReadQuery, limits: ReadLimits): Promise<Reading | undefined>;

  /**
   * Finds the id after which every event is kept.
   *
   * @throws {UnavailableError} The history cannot be read for now.
   * @throws {UnreadableError} The history cannot be read, and waiting will not help.
   */
  floor(): Promise<EventId>;

  /**
   * Reads the newest events of each channel, as far as the limits go.
   *
   * @throws {UnavailableError} The history cannot be read for now.
   * @throws {UnreadableError} The history cannot be read, and waiting will not help.
   */
  latest(query: LatestQuery, limits: ReadLimits): Promise<Reading>;
}

/** The history cannot be reached for now. A client that needs it waits until the timeline goes on. */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}

/**
 * The history is there but cannot be read: a damaged page, an I/O error, a record that is no event. Waiting will not
 * help, so a client that needs it gets a reset. Code that throws this error writes the reason to the log.
 */
export class UnreadableError extends Error {
  override name = "UnreadableError";
}
