import type { DatabaseSync } from "node:sqlite";
import type { EventId } from "../../events/event_id.ts";
import { batchError } from "../batch_limit.ts";
import {
  type Latest,
  type LatestQuery,
  type ReadAnswer,
  type ReadLimits,
  type ReadQuery,
  UnavailableError,
} from "../history.ts";
import type { Holdings } from "../holdings.ts";
import type {
  Entry,
  Journal,
  Published,
  Retention,
  TailBatch,
} from "../journal.ts";
import type { StoreEntry, StoreKind } from "../keyed_store.ts";
import { LocalTails } from "../local_tail.ts";
import { NoteGuard } from "../note_guard.ts";
import { recordBytes } from "../record_bytes.ts";
import { CommitQueue } from "./commit_queue.ts";
import { SqliteFileWatch } from "./file_watch.ts";
import { SqliteHealth } from "./health.ts";
import { SqliteHistory } from "./history.ts";
import { SqliteHoldings } from "./holdings.ts";
import { IndexGuard } from "./index_guard.ts";
import { readKindsOfNotes } from "./kinds_of_notes.ts";
import { Optimizer } from "./optimizer.ts";
import { RECORD_OVERHEAD } from "./rows.ts";
import { fileError, openDatabase } from "./schema.ts";
import { verify } from "./verify.ts";
import { type Changes, SqliteWriter } from "./writer.ts";

/** Keeps events in a file. An event whose append has resolved survives a crash of the process and a loss of power. */
export class SqliteJournal implements Journal {
  readonly #retention: Retention;
  readonly #database: DatabaseSync;
  readonly #file: SqliteFileWatch;
  readonly #health: SqliteHealth;
  readonly #optimizer: Optimizer;
  readonly #history: SqliteHistory;
  readonly #holdings: SqliteHoldings;
  readonly #writer: SqliteWriter;
  readonly #commits: CommitQueue;
  readonly #guard = new NoteGuard();
  readonly #tails = new LocalTails();
  readonly #closing = new AbortController();

  /**
   * Opens the file, or creates it, and begins an epoch.
   *
   * @throws {JournalFileError} The file cannot be opened or written, belongs to another program, is damaged, or was
   * written by a newer Chime.
   */
  constructor(path: string, retention: Retention) {
    this.#retention = retention;
    const database = this.#database = openDatabase(path);
    const index = new IndexGuard(database, path);
    try {
      index.check();
      // Proves that the file can be written, and makes SQLite create the write-ahead log.
      const writer = this.#writer = new SqliteWriter(
        database,
        retention,
        (failure) => this.#health.noteRemoval(failure),
      );
      this.#guard.see(readKindsOfNotes(database));
      this.#file = new SqliteFileWatch(path, () => {
        verify(database, writer.known);
        index.check();
      });
    } catch (error) {
      database.close();
      throw fileError(path, error);
    }
    this.#health = new SqliteHealth(
      path,
      this.#file,
      (bytes) => this.#writer.probe(bytes),
    );
    // Much may have become too old meanwhile. The first reader must not wait for that.
    if (this.#writer.isRemovalDue) {
      this.#health.write(() => this.#writer.write(() => {}));
    }
    const options = {
      ...{ database, index, writer: this.#writer, health: this.#health },
      signal: this.#closing.signal,
    };
    this.#history = new SqliteHistory(options);
    this.#holdings = new SqliteHoldings(options);
    this.#optimizer = new Optimizer(database, path, this.#file);
    this.#commits = new CommitQueue(
      this.#writer,
      this.#health,
      (records, last) => {
        if (records.length === 0) return;
        this.#guard.see(records);
        this.#tails.push(records, last);
      },
    );
  }

  isReady(): Promise<boolean> {
    return Promise.resolve(this.#health.isGood && this.#guard.isReady);
  }

  async append(entries: readonly Entry[]): Promise<EventId[]> {
    return (await this.publish(entries)).ids;
  }

  publish(entries: readonly Entry[]): Promise<Published> {
    const error = batchError(entries, this.#retention, RECORD_OVERHEAD);
    if (error) return Promise.reject(error);
    const bytes = entries.reduce(
      (sum, entry) => sum + recordBytes(entry, 0),
      0,
    );
    return this.#commit(({ append }) => append(entries), bytes);
  }

  tail(): AsyncIterable<TailBatch> {
    return this.#tails.open(this.#writer.last);
  }

  read(query: ReadQuery, limits: ReadLimits): Promise<ReadAnswer> {
    return this.#history.read(query, limits);
  }

  latest(query: LatestQuery, limits: ReadLimits): Promise<Latest> {
    return this.#history.latest(query, limits);
  }

  changed(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
  ): Promise<readonly string[]> {
    return this.#history.changed(channels, after, upTo);
  }

  holdings(channels: readonly string[]): Promise<Holdings> {
    return this.#holdings.of(channels);
  }

  set(
    kind: StoreKind,
    entry: StoreEntry,
    lifetimeMs: number,
  ): Promise<boolean> {
    return this.#commit(
      ({ values }) => values.set(kind, entry, lifetimeMs),
      entry.key.length + entry.value.length,
    );
  }

  async take(kind: StoreKind, key: string): Promise<string | undefined> {
    this.#closing.signal.throwIfAborted();
    // Anybody may ask for any key: for what is not there, nothing is written.
    if (!this.#writer.values.has(kind, key)) return undefined;
    return await this.#commit(
      ({ values }) => values.take(kind, key),
      key.length,
    );
  }

  // deno-lint-ignore require-await -- What is thrown has to reject.
  async list(kind: StoreKind): Promise<readonly StoreEntry[]> {
    this.#closing.signal.throwIfAborted();
    return this.#writer.values.list(kind);
  }

  /** Commits what waits, ends the tails, and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort(new UnavailableError("The journal is closed"));
    this.#optimizer[Symbol.dispose]();
    this.#health[Symbol.dispose]();
    this.#commits.flush();
    this.#tails.close();
    // Otherwise the database stays open until the process ends, which touches no file.
    if (this.#file.canClose) this.#database.close();
    await Promise.resolve();
  }

  #commit<T>(change: (changes: Changes) => T, bytes: number): Promise<T> {
    const { signal } = this.#closing;
    return signal.aborted
      ? Promise.reject(signal.reason)
      : this.#commits.add(change, bytes);
  }
}
