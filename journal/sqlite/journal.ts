import type { DatabaseSync } from "node:sqlite";
import { batchError } from "../batch_limit.ts";
import {
  compareEventIds,
  type EventId,
  nextEventId,
} from "../../events/event_id.ts";
import {
  type LatestQuery,
  type Reading,
  type ReadLimits,
  UnavailableError,
} from "../history.ts";
import type { Journal, Retention, TailBatch } from "../journal.ts";
import type { ChannelEvent, Message } from "../../events/message.ts";
import { SqliteFileWatch } from "./file_watch.ts";
import { SqliteHealth } from "./health.ts";
import { SqliteReader } from "./reader.ts";
import { fileError, openDatabase } from "./schema.ts";
import { SqliteWriter } from "./writer.ts";
import { Tails } from "../local_tail.ts";

/** An append that waits for the commit it shares. */
interface Append {
  messages: readonly Message[];
  resolve(ids: EventId[]): void;
  reject(error: unknown): void;
}

/** Keeps events in a file: an event whose append has resolved outlives the process and the machine's power. */
export class SqliteJournal implements Journal {
  readonly #retention: Retention;
  readonly #database: DatabaseSync;
  readonly #reader: SqliteReader;
  readonly #writer: SqliteWriter;
  readonly #file: SqliteFileWatch;
  readonly #tails = new Tails();
  readonly #health: SqliteHealth;
  #queue: Append[] = [];
  #commitTimer: ReturnType<typeof setTimeout> | undefined;
  #isOpen = true;

  /**
   * Opens the file, or makes it.
   *
   * @throws {JournalFileError} where it cannot be opened or written, is another program's, is damaged, or was written by
   * a newer Chime.
   */
  constructor(path: string, retention: Retention) {
    this.#retention = retention;
    this.#database = openDatabase(path);
    try {
      this.#reader = new SqliteReader(this.#database);
      this.#writer = new SqliteWriter(this.#database, retention);
      // Proves that it can be written, and brings its write-ahead log into being.
      this.#writer.probe(0);
      this.#file = new SqliteFileWatch(path);
    } catch (error) {
      this.#database.close();
      throw fileError(path, error);
    }
    this.#health = new SqliteHealth(
      path,
      this.#file,
      (bytes) => this.#writer.probe(bytes),
    );
  }

  append(messages: readonly Message[]): Promise<EventId[]> {
    const error = batchError(messages, this.#retention) ?? this.#closedError();
    if (error) return Promise.reject(error);
    const { promise, resolve, reject } = Promise.withResolvers<EventId[]>();
    this.#queue.push({ messages, resolve, reject });
    // Whatever else arrives in this turn of the event loop shares the commit.
    this.#commitTimer ??= setTimeout(() => this.#commit());
    return promise;
  }

  isReady(): Promise<boolean> {
    return Promise.resolve(this.#health.isGood);
  }

  tail(): AsyncIterable<TailBatch> {
    return this.#tails.open(this.#writer.last);
  }

  floor(): Promise<EventId> {
    return this.#read(() => this.#writer.floor);
  }

  read(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
    limits: ReadLimits,
  ): Promise<Reading | undefined> {
    return this.#read(() => {
      const { floor, last } = this.#writer;
      const isKnown = compareEventIds(after, floor) >= 0 &&
        compareEventIds(after, last) <= 0;
      return isKnown
        ? this.#reader.read(channels, after, upTo, limits)
        : undefined;
    });
  }

  latest(query: LatestQuery, limits: ReadLimits): Promise<Reading> {
    return this.#read(() => this.#reader.latest(query, limits));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    this.#health[Symbol.dispose]();
    if (this.#commitTimer !== undefined) {
      clearTimeout(this.#commitTimer);
      this.#commit();
    }
    this.#tails.close();
    // Otherwise it stays open until the process ends, which touches no file.
    if (this.#file.canClose) this.#database.close();
    await Promise.resolve();
  }

  /** Commits all that waits: all of it is durable afterwards, or none of it is there. */
  #commit(): void {
    this.#commitTimer = undefined;
    const appends = this.#queue;
    this.#queue = [];
    const events: ChannelEvent[] = [];
    let { last } = this.#writer;
    const ids = appends.map(({ messages }) =>
      messages.map((message) => {
        last = nextEventId(last);
        events.push({ ...message, id: last });
        return last;
      })
    );
    const failure = this.#health.write(
      () => this.#writer.write(events, last),
      events.reduce(
        (n, { channel, data }) => n + channel.length + data.length,
        0,
      ),
    );
    if (failure) {
      for (const { reject } of appends) reject(failure);
      return;
    }
    this.#tails.push(events, last);
    for (const [i, { resolve }] of appends.entries()) resolve(ids[i]!);
  }

  /** Reads, once what is too old is let go of. */
  #read<T>(read: () => T): Promise<T> {
    const closed = this.#closedError();
    if (closed) return Promise.reject(closed);
    // Where it fails, more is kept than would have to be.
    if (this.#writer.isExpiryDue) {
      this.#health.write(() => this.#writer.write([], this.#writer.last));
    }
    try {
      return Promise.resolve(this.#health.read(read));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #closedError(): UnavailableError | undefined {
    return this.#isOpen
      ? undefined
      : new UnavailableError("The journal is closed");
  }
}
