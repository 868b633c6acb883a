import { log } from "../log.ts";
import { batchError } from "./batch_limit.ts";
import { compareEventIds, type EventId, eventIdMs } from "./event_id.ts";
import {
  type LatestQuery,
  type Reading,
  type ReadLimits,
  readWithin,
} from "./history.ts";
import type { Journal, Retention, TailBatch } from "./journal.ts";
import type { ChannelEvent, Message } from "./message.ts";
import { parseRedisUrl, type RedisAddress } from "./redis_address.ts";
import { RedisConnection } from "./redis_connection.ts";
import { EventReader, toEntries } from "./redis_entries.ts";
import { append, boundsCommand, LOAD_COMMAND } from "./redis_scripts.ts";
import { RedisTail } from "./redis_tail.ts";

/** How many entries are read at once, in search of events, at most. */
const PAGE = 256;
/** How many entries are read at once where each is known to be wanted, and may be large. */
const FEW = 16;
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
  /** The connections of its tails. */
  readonly #tails = new Set<RedisConnection>();
  readonly #appends = new Set<Promise<unknown>>();
  /** The connections that are lost, and what has been said of it since. */
  readonly #lost = new Set<symbol>();
  readonly #said = new Set<string>();
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
    this.#connection = this.#connect();
  }

  isReady(): Promise<boolean> {
    const connections = [this.#connection, ...this.#tails];
    return Promise.resolve(connections.every(({ isReady }) => isReady));
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

  async floor(): Promise<EventId> {
    const [bounds] = await this.#connection.send(boundsCommand(this.#key));
    return (bounds as [EventId, EventId])[0];
  }

  async read(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
    limits: ReadLimits,
  ): Promise<Reading | undefined> {
    const events: ChannelEvent[] = [];
    let page = Math.min(limits.maxEvents + 1, PAGE);
    for (let from = after;;) {
      // In this order: what is still kept after the reading was there for it.
      const [reply, bounds] = await this.#connection.send(
        ["XRANGE", this.#key, `(${from}`, upTo, "COUNT", `${page}`],
        boundsCommand(this.#key),
      );
      const [first, newest] = bounds as [EventId, EventId];
      const isKnown = compareEventIds(from, first) >= 0 &&
        compareEventIds(from, newest) <= 0;
      if (!isKnown) return undefined;
      const entries = toEntries(reply);
      for (const event of this.#reader.events(entries)) {
        if (channels.includes(event.channel)) events.push(event);
      }
      const reading = readWithin(events, limits);
      if (!reading.isComplete || entries.length < page) return reading;
      from = entries.at(-1)![0];
      page = Math.min(2 * page, PAGE);
    }
  }

  async latest(query: LatestQuery, limits: ReadLimits): Promise<Reading> {
    // One more tells whether there are more.
    const ids = (await this.#newest(query)).slice(0, limits.maxEvents + 1);
    const events: ChannelEvent[] = [];
    while (ids.length > 0 && readWithin(events, limits).isComplete) {
      const replies = await this.#connection.send(
        ...ids.splice(0, FEW).map((id) => ["XRANGE", this.#key, id, id]),
      );
      for (const reply of replies) {
        events.push(...this.#reader.events(toEntries(reply)));
      }
    }
    return readWithin(events, limits);
  }

  /** Ends the tail, waits for the answers to what was appended, and closes the connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    const tails = [...this.#tails].map((tail) => tail[Symbol.asyncDispose]());
    await Promise.allSettled(this.#appends);
    await this.#connection[Symbol.asyncDispose]();
    await Promise.all(tails);
  }

  /** The ids of the newest events of each channel, oldest first: the events together may be large. */
  async #newest(
    { channels, upTo, count, after }: LatestQuery,
  ): Promise<EventId[]> {
    const missing = new Map(channels.map((name) => [name, count]));
    // What is too old is let go of now and then only, and the newest of all never.
    const oldestMs = Date.now() - this.#retention.maxAgeMs;
    const ids: EventId[] = [];
    for (let to: string = upTo;;) {
      const [page] = await this.#connection.send(
        ["XREVRANGE", this.#key, to, `(${after}`, "COUNT", `${PAGE}`],
      );
      const entries = toEntries(page);
      for (const { channel, id } of this.#reader.events(entries)) {
        const left = missing.get(channel);
        if (!left || eventIdMs(id) < oldestMs) continue;
        ids.push(id);
        if (left > 1) missing.set(channel, left - 1);
        else missing.delete(channel);
      }
      const last = entries.at(-1);
      const isDone = missing.size === 0 || !last ||
        eventIdMs(last[0]) < oldestMs;
      if (isDone) return ids.reverse();
      to = `(${last[0]}`;
    }
  }

  #connect(): RedisConnection {
    const connection = Symbol();
    return new RedisConnection(
      this.#address,
      // What cannot be used does not count as connected: a Redis that is loading, or another kind of value.
      (send) => send(LOAD_COMMAND, boundsCommand(this.#key)),
      (reason) => this.#report(connection, reason),
    );
  }

  /** Tells the operator once why Redis is away, however many connections that are lost and often they are tried. */
  #report(connection: symbol, reason?: string): void {
    if (reason !== undefined) {
      this.#lost.add(connection);
      if (!this.#said.has(reason)) log(`Redis is away: ${reason}`);
      this.#said.add(reason);
    } else if (this.#lost.delete(connection) && this.#lost.size === 0) {
      log("Redis is back");
      this.#said.clear();
    }
  }

  async #append(messages: readonly Message[]): Promise<EventId[]> {
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
      return await appended as unknown as EventId[];
    } finally {
      this.#appends.delete(appended);
    }
  }

  #isExpiryDue(): boolean {
    return performance.now() - this.#expiredMs >= EXPIRY_MS;
  }
}
