import type { EventId } from "../../events/event_id.ts";
import type { Message } from "../../events/message.ts";
import { batchError } from "../batch_limit.ts";
import type {
  LatestQuery,
  Reading,
  ReadLimits,
  ReadQuery,
} from "../history.ts";
import type { Journal, Retention, TailBatch } from "../journal.ts";
import { parseRedisUrl, type RedisAddress } from "./address.ts";
import { checkAddress } from "./check_address.ts";
import { RedisConnection } from "./connection.ts";
import { EventReader } from "./entries.ts";
import { RedisHealth } from "./health.ts";
import { RedisHistory } from "./history.ts";
import { RedisReport } from "./report.ts";
import { SCRIPTS } from "./scripts.ts";
import { RedisTail } from "./tail.ts";
import { RedisWriter } from "./writer.ts";

/** Options for {@linkcode RedisJournal}. */
export interface RedisJournalOptions {
  /** See {@linkcode parseRedisUrl}. */
  url: string;
  /** The stream's key. All instances with the same key share a timeline. */
  key: string;
  /** What is kept, roughly: some events beyond it may stay, for a minute or until there are enough of them. */
  retention: Retention;
}

/**
 * Keeps events in one stream of a Redis, for all instances that share it. Events are as safe as that Redis keeps them;
 * where it loses some, the tail and the readings say so.
 */
export class RedisJournal implements Journal {
  readonly #address: RedisAddress;
  readonly #key: string;
  readonly #retention: Retention;
  readonly #reader = new EventReader();
  readonly #report = new RedisReport();
  readonly #health: RedisHealth;
  readonly #connection: RedisConnection;
  readonly #history: RedisHistory;
  readonly #writer: RedisWriter;
  /** The connections of the open tails. */
  readonly #tails = new Set<RedisConnection>();
  #isOpen = true;

  /**
   * Begins to connect, and tries again for as long as Redis is away.
   *
   * @throws {SyntaxError} The URL is not one of Redis.
   */
  constructor({ url, key, retention }: RedisJournalOptions) {
    this.#address = parseRedisUrl(url);
    this.#key = key;
    this.#retention = retention;
    this.#health = new RedisHealth(key);
    const connection = this.#connection = this.#connect();
    const health = this.#health;
    health.watch(connection);
    this.#writer = new RedisWriter({ connection, key, retention, health });
    this.#history = new RedisHistory({
      connection,
      key,
      maxAgeMs: retention.maxAgeMs,
      reader: this.#reader,
      health,
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
    const connections = [this.#connection, ...this.#tails];
    return Promise.resolve(
      this.#health.isGood && connections.every(({ isReady }) => isReady),
    );
  }

  /**
   * Appends the messages, all or none, and resolves with their ids once Redis has them.
   *
   * @throws {BatchTooLargeError} There are more than the journal keeps.
   * @throws {UnavailableError} Redis is away, or refuses, or the connection was lost before the answer, or Redis gave no
   * answer for some seconds. Only in the last two cases may the messages have been appended all the same.
   */
  append(messages: readonly Message[]): Promise<EventId[]> {
    const error = batchError(messages, this.#retention);
    if (error) return Promise.reject(error);
    if (messages.length === 0) return Promise.resolve([]);
    return this.#writer.append(messages);
  }

  async *tail(): AsyncGenerator<TailBatch> {
    if (!this.#isOpen) return;
    // Of its own, as a reading that waits for entries holds up everything after it on the same connection.
    await using connection = this.#connect();
    this.#tails.add(connection);
    const tail = new RedisTail(connection, this.#key, this.#reader);
    try {
      for await (const batch of tail.batches()) {
        yield batch;
        // Not awaited: the tail must not wait for the other connection.
        this.#writer.expire();
      }
    } finally {
      this.#tails.delete(connection);
    }
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

  /** Ends the tails, waits for the answers to all appends, and closes the connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    this.#health[Symbol.dispose]();
    const tails = [...this.#tails].map((tail) => tail[Symbol.asyncDispose]());
    await this.#writer.settled();
    await this.#connection[Symbol.asyncDispose]();
    await Promise.all(tails);
  }

  #connect(): RedisConnection {
    const connection = Symbol();
    return new RedisConnection(
      this.#address,
      // A connection that is of no use does not count as ready: Redis is still loading, the user lacks a right, or the
      // key holds another kind of value.
      async (ask) => {
        // Once for each connection, and not with each check: Redis 6.2 writes it to its log and sends it to its replicas.
        await ask((client) => client.scriptLoad(SCRIPTS.append.SCRIPT));
        await this.#health.check(ask);
        await ask((client) => client.bounds(this.#key));
      },
      (failure) => this.#report.note(connection, failure),
    );
  }
}
