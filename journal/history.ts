import type { EventId, Place } from "../events/event_id.ts";
import type { ChannelEvent } from "../events/message.ts";
import type { TimelineRecord } from "./note.ts";

/** How much is read at once. The first record is read however large it is. */
export interface ReadLimits {
  maxEvents: number;
  /** In UTF-16 units of data. */
  maxLength: number;
}

/** Where a reading begins. */
export type ReadFrom =
  /** After an id that a client or the hub has. The answer is proved against the epochs and the floors. */
  | {
    readonly kind: "after";
    readonly id: EventId;
    /** A place up to which nothing has to be proved, see {@linkcode Found.unproved} and {@linkcode Gone.floor}. */
    readonly unproved?: Place | undefined;
  }
  /** With everything that is held. */
  | { readonly kind: "earliest" }
  /** With what was appended at a moment or later, in ms since 1970. */
  | { readonly kind: "since"; readonly ms: number };

/** Which events to read, oldest first. */
export interface ReadQuery {
  /**
   * Names and patterns, see `events/pattern.ts`. A pattern stands for every channel that it covers of which something is
   * held, or known to be lost. A channel that is asked for twice is read once.
   */
  channels: readonly string[];
  from: ReadFrom;
  /**
   * Only what is at this place or before it: what the hub has not seen yet comes to it by the tail. Where this is an id
   * that the store has not given out, the hub has seen another timeline, and the answer is `unknown`. A place proves
   * nothing.
   */
  upTo: EventId;
}

/** Which events to read, the newest only. */
export interface LatestQuery {
  /** Names and patterns, as in {@linkcode ReadQuery}. */
  channels: readonly string[];
  /** How many events of each channel, at most. Those up to `after` count too. */
  count: number;
  /** Only events after this place: the rest of an answer that was not complete. */
  after: EventId;
  upTo: EventId;
}

/** What a reading found. */
export interface Found {
  readonly kind: "found";
  /** Events and notes of the channels, oldest first. */
  readonly records: readonly TimelineRecord[];
  /** Whether the query has no further records. */
  readonly isComplete: boolean;
  /**
   * The place up to which nothing is proved, where the reading began with everything that is held. The next page of the
   * same reading begins after the last record's id, and is given this.
   */
  readonly unproved?: Place | undefined;
}

/** The id is known, or the moment can be, but records of the channels after it have been let go. */
export interface Gone {
  readonly kind: "gone";
  /**
   * Everything of the channels after this place is held. A reading from the same id with this as `unproved` brings what
   * is held.
   */
  readonly floor: Place;
}

/**
 * One of the ids was given out by another timeline, or so long ago that nobody knows. Or patterns match more than 10,000
 * channels, of which nothing is proved then.
 */
export interface Unknown {
  readonly kind: "unknown";
}

/** The answer to {@linkcode History.read}. */
export type ReadAnswer = Found | Gone | Unknown;

/** The answer to {@linkcode History.latest}. */
export interface Latest {
  /** Oldest first. */
  readonly events: readonly ChannelEvent[];
  readonly isComplete: boolean;
}

/** A store of past events, read for what the hub no longer holds. */
export interface History {
  /**
   * Reads the records that a query asks for, as far as the limits go. Whether they are all there were is judged in one
   * step with the reading, where the records are.
   *
   * An id that is known, but after `upTo`, finds nothing and is complete: the reader waits for the tail. A moment before a
   * floor is `gone`, and can be read with `earliest`. So is one whose first record lies before a floor, as after a clock went
   * back. A moment after the end finds nothing.
   *
   * @throws {UnavailableError} The history cannot be read for now.
   * @throws {UnreadableError} The history cannot be read, and waiting will not help.
   */
  read(query: ReadQuery, limits: ReadLimits): Promise<ReadAnswer>;

  /**
   * Reads the newest events of each channel, as far as the limits go. Notes are left out. Nothing is proved.
   *
   * @throws {UnavailableError} The history cannot be read for now.
   * @throws {UnreadableError} The history cannot be read, and waiting will not help. Or patterns match more than 10,000
   * channels: a stream is then reset, as its client would take nothing for all there is.
   */
  latest(query: LatestQuery, limits: ReadLimits): Promise<Latest>;

  /**
   * Finds the channels that may have had records after an id: those that hold one, and those of which it cannot be told, as
   * records after the id have been let go. Where one of the ids is unknown, as in {@linkcode History.read}, that is all.
   *
   * A pattern may have had records where one of its channels may, and where it matches more than 10,000.
   *
   * @param channels 1,000 at most, names and patterns.
   * @param upTo The id up to which the hub has seen the timeline. Channels that had records only after it may be named.
   * @returns Some of `channels`.
   * @throws {UnavailableError} The history cannot be read for now.
   * @throws {UnreadableError} The history cannot be read, and waiting will not help.
   */
  changed(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
  ): Promise<readonly string[]>;
}

/** The history cannot be reached for now. A client that needs it waits until the timeline goes on. */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}

/**
 * The history is there but cannot be read: a damaged page, an I/O error, a record that is no event. Waiting will not
 * help, so a client that needs it gets a reset. Code that throws this error writes the reason to the log, unless too many
 * channels were asked for, in which case nothing is wrong here.
 */
export class UnreadableError extends Error {
  override name = "UnreadableError";
}
