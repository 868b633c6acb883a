import type { DatabaseSync } from "node:sqlite";
import { type EventId, nextEventId } from "../../events/event_id.ts";
import type { ChannelEvent, Message } from "../../events/message.ts";
import { batchError } from "../batch_limit.ts";
import {
  type LatestQuery,
  type Reading,
  type ReadLimits,
  type ReadQuery,
  UnavailableError,
} from "../history.ts";
import type { Journal, Retention, TailBatch } from "../journal.ts";
import { LocalTails } from "../local_tail.ts";
import { SqliteFileWatch } from "./file_watch.ts";
import { SqliteHealth } from "./health.ts";
import { SqliteHistory } from "./history.ts";
import { IndexGuard } from "./index_guard.ts";
import { fileError, openDatabase } from "./schema.ts";
import { verify } from "./verify.ts";
import { SqliteWriter } from "./writer.ts";

/** An append that waits for its commit. */
interface Append {
  messages: readonly Message[];
  resolve(ids: EventId[]): void;
  reject(error: unknown): void;
}

/** Keeps events in a file. An event whose append has resolved survives a crash of the process and a loss of power. */
export class SqliteJournal implements Journal {
  readonly #retention: Retention;
  readonly #database: DatabaseSync;
  readonly #file: SqliteFileWatch;
  readonly #health: SqliteHealth;
  readonly #history: SqliteHistory;
  readonly #writer: SqliteWriter;
  readonly #tails = new LocalTails();
  readonly #closing = new AbortController();
  #queue: Append[] = [];
  #commitTimer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Opens the file, or creates it.
   *
   * @throws {JournalFileError} The file cannot be opened or written, belongs to another program, is damaged, or was
   * written by a newer Chime.
   */
  constructor(path: string, retention: Retention) {
    this.#retention = retention;
    this.#database = openDatabase(path);
    const index = new IndexGuard(this.#database, path);
    try {
      index.check();
      this.#writer = new SqliteWriter(
        this.#database,
        retention,
        (failure) => this.#health.noteRemoval(failure),
      );
      // Proves that the file can be written, and makes SQLite create the write-ahead log.
      this.#writer.probe(0);
      this.#file = new SqliteFileWatch(path, () => {
        verify(this.#database, this.#writer);
        index.check();
      });
    } catch (error) {
      this.#database.close();
      throw fileError(path, error);
    }
    this.#health = new SqliteHealth(
      path,
      this.#file,
      (bytes) => this.#writer.probe(bytes),
    );
    this.#history = new SqliteHistory({
      database: this.#database,
      writer: this.#writer,
      health: this.#health,
      index,
      signal: this.#closing.signal,
    });
  }

  isReady(): Promise<boolean> {
    return Promise.resolve(this.#health.isGood);
  }

  append(messages: readonly Message[]): Promise<EventId[]> {
    const { signal } = this.#closing;
    const error = batchError(messages, this.#retention) ?? signal.reason;
    if (error) return Promise.reject(error);
    const { promise, resolve, reject } = Promise.withResolvers<EventId[]>();
    this.#queue.push({ messages, resolve, reject });
    // A commit waits for the disk, however little it holds: all appends of one turn of the event loop share it.
    this.#commitTimer ??= setTimeout(() => this.#commit());
    return promise;
  }

  tail(): AsyncIterable<TailBatch> {
    return this.#tails.open(this.#writer.last);
  }

  read(query: ReadQuery, limits: ReadLimits): Promise<Reading | undefined> {
    return this.#history.read(query, limits);
  }

  floor(): Promise<EventId> {
    return this.#history.floor();
  }

  latest(query: LatestQuery, limits: ReadLimits): Promise<Reading> {
    return this.#history.latest(query, limits);
  }

  /** Commits what waits, ends the tails, and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new UnavailableError("The journal is closed"));
    this.#health[Symbol.dispose]();
    if (this.#commitTimer !== undefined) {
      clearTimeout(this.#commitTimer);
      this.#commit();
    }
    this.#tails.close();
    // Otherwise the database stays open until the process ends, which touches no file.
    if (this.#file.canClose) this.#database.close();
    await Promise.resolve();
  }

  /** Commits all appends that wait: either all are durable afterwards, or nothing of them is there. */
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
        (sum, { channel, data }) => sum + channel.length + data.length,
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
}
