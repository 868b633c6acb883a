import type { EventId } from "../events/event_id.ts";
import type { Message } from "../events/message.ts";
import type { History } from "./history.ts";
import type { Holdings } from "./holdings.ts";
import type { KeyedStore } from "./keyed_store.ts";
import type { Note, TimelineRecord } from "./note.ts";

/** How much a journal keeps. */
export interface Retention {
  /** How many events of each channel. */
  maxEvents: number;
  /** How long ago an event may have been appended, in ms. */
  maxAgeMs: number;
  /** The size of all events together, in bytes, each with its overhead. */
  maxBytes: number;
}

/** The next part of the timeline. */
export interface TailBatch {
  /** Events and notes, in the order of their places. */
  records: readonly TimelineRecord[];
  /** The id up to which the timeline is known now: every record up to it has come, but for a skip or a reset. */
  last: EventId;
  /**
   * `skip`: the records between the last batch and `last` are left out, as there were too many; they can be read. `reset`:
   * where the tail stood is unknown to the timeline that goes on after `last`.
   */
  gap?: "skip" | "reset" | undefined;
}

/** A message that is to be published once, however often it is sent. */
export interface Keyed {
  /** Names the publication, within everything that was ever published. */
  name: string;
  /** The payload's hash. */
  hash: string;
}

/** What is appended: a message, perhaps only where its key is new, or a note. */
export type Entry = (Message & { key?: Keyed }) | Note;

/** What became of entries. */
export interface Published {
  /** The id of each entry: where its key was known, the one that it got the first time. */
  ids: EventId[];
  /** How many were appended: those whose key was known were not. */
  count: number;
}

/**
 * Gives messages their ids, keeps them, and brings them to the hub in one order. The interface is small, asynchronous and
 * made of plain data, so that a journal can also be in another thread or on another machine.
 */
export interface Journal extends History, KeyedStore, AsyncDisposable {
  /** Resolves to whether the journal can be reached, read and appended to, as far as is known. */
  isReady(): Promise<boolean>;

  /**
   * Appends the entries, all or none, and resolves with their ids once they are as safe as this journal makes them. Where
   * a message's key is known, the message is not appended, and its id is the one that it got the first time.
   *
   * @throws {UnavailableError} The journal cannot take them for now.
   * @throws {BatchTooLargeError} The batch is larger than what the journal keeps.
   * @throws {KeyConflictError} A key is known, with another hash. Nothing is appended.
   */
  append(entries: readonly Entry[]): Promise<EventId[]>;

  /** Appends the entries as {@linkcode Journal.append} does, and says how many of them. */
  publish(entries: readonly Entry[]): Promise<Published>;

  /**
   * Says what is held of channels, and which id was given out last, in one step: every event up to that id that is held
   * counts, and none after it.
   *
   * @param channels 256 at most.
   * @throws {UnavailableError} The journal cannot be read for now.
   * @throws {UnreadableError} The journal cannot be read, and waiting will not help.
   */
  holdings(channels: readonly string[]): Promise<Holdings>;

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

/** The same key came with another payload. The message is one line. */
export class KeyConflictError extends Error {
  override name = "KeyConflictError";
  /** The key: {@linkcode Keyed.name}. */
  readonly keyName: string;

  /** @param keyName The key. */
  constructor(keyName: string) {
    super(
      `Cannot publish with key ${
        JSON.stringify(keyName)
      }: it was used for another message`,
    );
    this.keyName = keyName;
  }
}
