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
import { NoteGuard } from "../note_guard.ts";
import { parseRedisUrl } from "./address.ts";
import { checkAddress } from "./check_address.ts";
import type { RedisConnection } from "./connection.ts";
import { RedisConnections } from "./connections.ts";
import { RedisHealth } from "./health.ts";
import { RedisHistory } from "./history.ts";
import { RedisKeys } from "./keys.ts";
import type { RedisJournalOptions } from "./journal_options.ts";
import { RedisLife } from "./life.ts";
import { RECORD_OVERHEAD } from "./lua.ts";
import { beginStore, openStore } from "./open_store.ts";
import { notesOf, RecordReader } from "./records.ts";
import { RedisRetention } from "./retention.ts";
import { RedisTail } from "./tail.ts";
import { RedisValues } from "./values.ts";
import { RedisWriter } from "./writer.ts";

/**
 * Keeps events in a Redis, for all instances that share it. Events are as safe as that Redis keeps them; where it loses
 * some, the tail and the readings say so.
 */
export class RedisJournal implements Journal {
  readonly #keys: RedisKeys;
  readonly #retention: Retention;
  readonly #guard = new NoteGuard();
  readonly #reader = new RecordReader();
  readonly #health: RedisHealth;
  readonly #connections: RedisConnections;
  /** The one that all but the tails share. */
  readonly #connection: RedisConnection;
  readonly #history: RedisHistory;
  readonly #values: RedisValues;
  readonly #remover: RedisRetention;
  readonly #writer: RedisWriter;
  #isOpen = true;

  /**
   * Begins to connect, and tries again for as long as Redis is away.
   *
   * @throws {SyntaxError} The URL is not one of Redis.
   */
  constructor({ url, key, retention }: RedisJournalOptions) {
    const address = parseRedisUrl(url);
    this.#retention = retention;
    const keys = this.#keys = new RedisKeys(key);
    const health = this.#health = new RedisHealth(keys);
    const [life, guard] = [new RedisLife(), this.#guard];
    this.#connections = new RedisConnections(
      address,
      life,
      (ask) =>
        openStore(ask, { keys, life, health, guard, writer: this.#writer }),
    );
    const connection = this.#connection = this.#connections.open();
    health.watch(connection, (ask) => life.check(ask, false));
    const remover = new RedisRetention(connection, keys, retention);
    this.#remover = remover;
    this.#writer = new RedisWriter({
      ...{ connection, keys, retention, life, remover, health },
    });
    this.#values = new RedisValues(connection, keys);
    this.#history = new RedisHistory({
      ...{ connection, keys, health, reader: this.#reader },
      maxAgeMs: retention.maxAgeMs,
    });
  }

  /**
   * Checks whether Redis takes the user, the password and the database, and then begins to connect. A Redis that is away
   * passes the check.
   *
   * @throws {JournalAddressError} Redis does not take them.
   * @throws {SyntaxError} The URL is not one of Redis.
   */
  static async start(options: RedisJournalOptions): Promise<RedisJournal> {
    await checkAddress(parseRedisUrl(options.url));
    return new RedisJournal(options);
  }

  isReady(): Promise<boolean> {
    return Promise.resolve(
      this.#health.isGood && this.#guard.isReady && this.#connections.isReady,
    );
  }

  /**
   * Appends the entries, all or none, and resolves with their ids once Redis has them.
   *
   * @throws {BatchTooLargeError} There are more than the journal keeps.
   * @throws {KeyConflictError} A key is known, with another hash. Nothing is appended.
   * @throws {UnavailableError} Redis is away, or refuses, or the connection was lost before the answer, or Redis gave no
   * answer for some seconds. Only in the last two cases may the messages have been appended all the same.
   */
  async append(entries: readonly Entry[]): Promise<EventId[]> {
    return (await this.publish(entries)).ids;
  }

  async publish(entries: readonly Entry[]): Promise<Published> {
    const error = batchError(entries, this.#retention, RECORD_OVERHEAD);
    if (error) throw error;
    if (entries.length === 0) return { ids: [], count: 0 };
    const published = await this.#writer.append(entries);
    this.#guard.see(notesOf(entries, published.ids));
    return published;
  }

  async *tail(): AsyncGenerator<TailBatch> {
    if (!this.#isOpen) return;
    await using connection = this.#connections.open();
    const tail = new RedisTail({
      ...{ connection, keys: this.#keys, reader: this.#reader },
      begin: () =>
        beginStore((question) => connection.ask(question), {
          ...{ writer: this.#writer, health: this.#health },
        }),
      repair: () => this.#remover.repair().catch(() => {}),
    });
    try {
      for await (const batch of tail.batches()) {
        this.#guard.see(batch.records);
        yield batch;
        // Not awaited: the tail must not wait for the other connection.
        this.#remover.expire();
      }
    } finally {
      this.#connections.forget(connection);
    }
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

  /** Ends the tails, waits for the answers to all appends, and closes the connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    this.#health[Symbol.dispose]();
    this.#connections.forget(this.#connection);
    const tails = this.#connections[Symbol.asyncDispose]();
    await this.#writer.settled();
    await this.#remover.settled();
    await this.#connection[Symbol.asyncDispose]();
    await tails;
  }
}
