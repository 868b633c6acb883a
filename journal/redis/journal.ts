import { batchError } from "../batch_limit.ts";
import type { EventId } from "../../events/event_id.ts";
import type {
  LatestQuery,
  Reading,
  ReadLimits,
  ReadQuery,
} from "../history.ts";
import type { Journal, Retention, TailBatch } from "../journal.ts";
import type { Message } from "../../events/message.ts";
import { parseRedisUrl, type RedisAddress } from "./address.ts";
import { RedisConnection } from "./connection.ts";
import { EventReader } from "./entries.ts";
import { RedisError } from "./error.ts";
import { RedisHistory } from "./history.ts";
import { RedisReport } from "./report.ts";
import { append, boundsCommand, LOAD_COMMAND } from "./scripts.ts";
import { checkAddress } from "./start.ts";
import { RedisTail } from "./tail.ts";
import { RedisWatch } from "./watch.ts";

/** How often what is too old is let go of, in ms. */
const EXPIRY_MS = 60_000;

/** Which stream of which Redis, and how much it keeps. */
export interface RedisJournalOptions {
  /** As {@linkcode parseRedisUrl} reads it. */
  url: string;
  /** The stream's key. All instances with the same one share a timeline. */
  key: string;
  /** Kept to loosely: some events beyond it may stay, for a minute or until there are enough of them. */
  retention: Retention;
}

/**
 * Keeps events in one stream of a Redis, for all instances that share it. They are as safe there as that Redis makes
 * them; whatever it loses is found out, and told by the tail and to readers.
 */
export class RedisJournal implements Journal {
  readonly #address: RedisAddress;
  readonly #key: string;
  readonly #retention: Retention;
  readonly #reader = new EventReader();
  readonly #connection: RedisConnection;
  readonly #history: RedisHistory;
  readonly #watch: RedisWatch;
  readonly #report = new RedisReport();
  /** The connections of its tails. */
  readonly #tails = new Set<RedisConnection>();
  readonly #appends = new Set<Promise<unknown>>();
  #isOpen = true;
  #expiredMs = -Infinity;

  /**
   * Begins to connect, and goes on trying for as long as it has to.
   *
   * @throws {SyntaxError} where the URL is none of Redis.
   */
  constructor({ url, key, retention }: RedisJournalOptions) {
    this.#address = parseRedisUrl(url);
    this.#key = key;
    this.#retention = retention;
    this.#watch = new RedisWatch(key);
    this.#connection = this.#connect();
    this.#watch.watch(this.#connection);
    this.#history = new RedisHistory({
      connection: this.#connection,
      key,
      maxAgeMs: retention.maxAgeMs,
      reader: this.#reader,
      onRefusal: (error) => this.#watch.note(error),
    });
  }

  /**
   * Begins to connect, once it is clear that Redis is away or takes the user, the password and the database.
   *
   * @throws {JournalAddressError} where Redis does not take them.
   * @throws {SyntaxError} where the URL is none of Redis.
   */
  static async start(options: RedisJournalOptions): Promise<RedisJournal> {
    await checkAddress(parseRedisUrl(options.url));
    return new RedisJournal(options);
  }

  isReady(): Promise<boolean> {
    const connections = [this.#connection, ...this.#tails];
    return Promise.resolve(
      this.#watch.isFine && connections.every(({ isReady }) => isReady),
    );
  }

  /**
   * Appends the messages, all or none, and resolves with their ids once Redis has them.
   *
   * @throws {BatchTooLargeError} where there are more than it keeps.
   * @throws {UnavailableError} where Redis is away, at once, and where it refuses. Where the connection is lost before the
   * answer, or Redis is silent for some seconds, too: then alone the messages may yet have been appended.
   */
  append(messages: readonly Message[]): Promise<EventId[]> {
    const error = batchError(messages, this.#retention);
    if (error) return Promise.reject(error);
    if (messages.length === 0) return Promise.resolve([]);
    return this.#append(messages);
  }

  async *tail(): AsyncGenerator<TailBatch> {
    if (!this.#isOpen) return;
    await using connection = this.#connect();
    this.#tails.add(connection);
    const tail = new RedisTail(connection, this.#key, this.#reader);
    try {
      for await (const batch of tail.batches()) {
        yield batch;
        if (this.#isExpiryDue()) this.#append([]).catch(() => {});
      }
    } finally {
      this.#tails.delete(connection);
    }
  }

  floor(): Promise<EventId> {
    return this.#history.floor();
  }

  read(query: ReadQuery, limits: ReadLimits): Promise<Reading | undefined> {
    return this.#history.read(query, limits);
  }

  latest(query: LatestQuery, limits: ReadLimits): Promise<Reading> {
    return this.#history.latest(query, limits);
  }

  /** Ends the tail, waits for the answers to what was appended, and closes the connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    this.#watch[Symbol.dispose]();
    const tails = [...this.#tails].map((tail) => tail[Symbol.asyncDispose]());
    await Promise.allSettled(this.#appends);
    await this.#connection[Symbol.asyncDispose]();
    await Promise.all(tails);
  }

  #connect(): RedisConnection {
    const connection = Symbol();
    return new RedisConnection(
      this.#address,
      // What cannot be used does not count as connected: a Redis that is loading, a user without the rights that are
      // needed, or another kind of value.
      async (send) => {
        // Once for each connection: Redis 6.2 writes this to its log, and tells its replicas.
        await send(LOAD_COMMAND);
        await this.#watch.check(send);
        await send(boundsCommand(this.#key));
      },
      (failure) => this.#report.note(connection, failure),
    );
  }

  async #append(messages: readonly Message[]): Promise<EventId[]> {
    if (this.#watch.refusal) throw this.#watch.refusal;
    const expires = this.#isExpiryDue();
    if (expires) this.#expiredMs = performance.now();
    const appended = append(
      (...commands) => this.#connection.send(...commands),
      this.#key,
      messages,
      this.#retention,
      expires,
    );
    this.#appends.add(appended);
    try {
      const ids = await appended as unknown as EventId[];
      if (ids.length > 0) this.#watch.noteAppend();
      return ids;
    } catch (error) {
      // A connection that is lost says so itself.
      const isRefused = error instanceof RedisError && error.code !== "";
      if (isRefused && this.#connection.isReady) this.#watch.note(error);
      throw error;
    } finally {
      this.#appends.delete(appended);
    }
  }

  #isExpiryDue(): boolean {
    return performance.now() - this.#expiredMs >= EXPIRY_MS;
  }
}
