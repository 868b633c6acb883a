import type { EventId } from "../events/event_id.ts";
import type { History } from "./history.ts";
import type { ChannelEvent, Message } from "../events/message.ts";

/** How much a journal keeps: what exceeds either limit goes, oldest first. */
export interface Retention {
  /** In events, over all channels. */
  maxEvents: number;
  /** In ms. */
  maxAgeMs: number;
}

/** What came next in the timeline. */
export interface TailBatch {
  /** In the order of their ids. */
  events: readonly ChannelEvent[];
  /** The id up to which the timeline is now known. */
  last: EventId;
  /** Whether the timeline ended and another begins behind `last`. */
  isReset?: boolean;
}

/**
 * What gives messages their ids, keeps them, and hands them on in one order. Small, asynchronous and made of plain data,
 * so that it can also be far away.
 */
export interface Journal extends History, AsyncDisposable {
  /** Whether it can be reached, read and appended to, as far as is known. */
  isReady(): Promise<boolean>;

  /**
   * Appends the messages, all or none, and resolves with their ids once they are as safe as this journal makes them.
   *
   * @throws {UnavailableError} where it cannot take them for now.
   * @throws {BatchTooLargeError} where they are more than it can keep.
   */
  append(messages: readonly Message[]): Promise<EventId[]>;

  /**
   * Follows the timeline from its present end, as far as that is known here. The first batch tells where that is. Ends
   * with the journal.
   */
  tail(): AsyncIterable<TailBatch>;
}

/** A journal's file cannot be used. The message is one line that names the file and the reason. */
export class JournalFileError extends Error {
  override name = "JournalFileError";
}

/** A journal's server does not take the user, the password or the database. The message is one line that says which server. */
export class JournalAddressError extends Error {
  override name = "JournalAddressError";
}
