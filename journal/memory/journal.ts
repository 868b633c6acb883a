import type { EventId } from "../../events/event_id.ts";
import { batchError } from "../batch_limit.ts";
import type {
  Latest,
  LatestQuery,
  ReadAnswer,
  ReadLimits,
  ReadQuery,
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
import type { TimelineRecord } from "../note.ts";
import type { FirstUse } from "../check_keys.ts";
import { NoteGuard } from "../note_guard.ts";
import { MemoryHistory } from "./history.ts";
import { Keys } from "./keys.ts";
import { RECORD_OVERHEAD } from "./records.ts";
import { MemoryValues } from "./values.ts";

/** Keeps events in this process's memory: they outlive any client, and end with the process. */
export class MemoryJournal implements Journal {
  readonly #retention: Retention;
  readonly #history: MemoryHistory;
  readonly #keys = new Keys();
  readonly #values = new MemoryValues();
  readonly #guard = new NoteGuard();
  readonly #tails = new LocalTails();

  constructor(retention: Retention) {
    this.#retention = retention;
    this.#history = new MemoryHistory(retention);
  }

  isReady(): Promise<boolean> {
    return Promise.resolve(this.#guard.isReady);
  }

  async append(entries: readonly Entry[]): Promise<EventId[]> {
    return (await this.publish(entries)).ids;
  }

  publish(entries: readonly Entry[]): Promise<Published> {
    const error = batchError(entries, this.#retention, RECORD_OVERHEAD);
    return error ? Promise.reject(error) : this.#publish(entries);
  }

  tail(): AsyncIterable<TailBatch> {
    return this.#tails.open(this.#history.last);
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
    return this.#history.holdings(channels);
  }

  set(
    kind: StoreKind,
    entry: StoreEntry,
    lifetimeMs: number,
  ): Promise<boolean> {
    return this.#values.set(kind, entry, lifetimeMs);
  }

  take(kind: StoreKind, key: string): Promise<string | undefined> {
    return this.#values.take(kind, key);
  }

  list(kind: StoreKind): Promise<readonly StoreEntry[]> {
    return this.#values.list(kind);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#tails.close();
    return Promise.resolve();
  }

  // Nothing here waits: no other batch comes in between.
  async #publish(entries: readonly Entry[]): Promise<Published> {
    const { clock } = this.#history;
    clock.see();
    this.#expireKeys();
    const uses = this.#keys.check(entries);
    const records: TimelineRecord[] = [];
    const ids = entries.map((entry) => this.#take(entry, uses, records));
    this.#history.add(records);
    this.#guard.see(records);
    this.#expireKeys();
    this.#tails.push(records, this.#history.last);
    return await Promise.resolve({ ids, count: records.length });
  }

  /** Gives an entry its id, and makes its record, unless its key is known. */
  #take(
    entry: Entry,
    uses: Map<string, FirstUse>,
    records: TimelineRecord[],
  ): EventId {
    if ("note" in entry) {
      const id = this.#history.nextId();
      records.push({ ...entry, id });
      return id;
    }
    const { key, ...message } = entry;
    const use = key && uses.get(key.name);
    if (use?.id) return use.id;
    const id = this.#history.nextId();
    records.push({ ...message, id });
    const { nowMs: atMs } = this.#history.clock;
    if (use) {
      use.id = id;
      this.#keys.add(key, { id, atMs, channel: entry.channel });
    }
    return id;
  }

  #expireKeys(): void {
    this.#keys.expire(
      (channel, id) => this.#history.isHeld(channel, id),
      this.#history.clock,
    );
  }
}
