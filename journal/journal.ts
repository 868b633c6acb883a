import type { EventId } from "../events/event_id.ts";
import type { ChannelEvent, Message } from "../events/message.ts";
import type { History } from "./history.ts";

/** How much a journal keeps. Events that exceed either limit are removed, oldest first. */
export interface Retention {
  /** How many events, of all channels together. */
  maxEvents: number;
  /** How old an event may be, in ms. */
  maxAgeMs: number;
}

/** The next part of the timeline. */
export interface TailBatch {
  /** In the order of their ids. */
  events: readonly ChannelEvent[];
  /** The id up to which the timeline is known now: every event up to it has come. */
  last: EventId;
  /** Whether the timeline ended, and another one begins after `last`. */
  isReset?: boolean;
}

/**
 * Gives messages their ids, keeps them, and brings them to the hub in one order. The interface is small, asynchronous and
 * made of plain data, so that a journal can also be in another thread or on another machine.
 */
export interface Journal extends History, AsyncDisposable {
  /** Resolves to whether the journal can be reached, read and appended to, as far as is known. */
  isReady(): Promise<boolean>;

  /**
   * Appends the messages, all or none, and resolves with their ids once they are as safe as this journal makes them.
   *
   * @throws {UnavailableError} The journal cannot take them for now.
   * @throws {BatchTooLargeError} The batch is larger than what the journal keeps.
   */
  append(messages: readonly Message[]): Promise<EventId[]>;

  /**
   * Follows the timeline from its present end, as far as that is known here. The first batch says where that is. The tail
   * ends when the journal is closed.
   */
  tail(): AsyncIterable<TailBatch>;
}

/** A journal's file cannot be used. The message is one line, and names the file and the reason. */
export class JournalFileError extends Error {
  override name = "JournalFileError";
}

/** A journal's server refuses the user, the password or the database. The message is one line, and names the server. */
export class JournalAddressError extends Error {
  override name = "JournalAddressError";
}
