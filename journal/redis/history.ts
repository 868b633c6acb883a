import { type EventId, eventIdMs } from "../../events/event_id.ts";
import type { ChannelEvent } from "../../events/message.ts";
import type {
  History,
  LatestQuery,
  Reading,
  ReadLimits,
  ReadQuery,
} from "../history.ts";
import { isKnown, lookUpCount, readingError, readWithin } from "../reading.ts";
import type { RedisClient } from "./client.ts";
import type { RedisConnection } from "./connection.ts";
import { type Entry, type EventReader, toSafeId } from "./entries.ts";
import { RedisError } from "./error.ts";
import type { RedisHealth } from "./health.ts";

/** How many entries to read at once, at most, where not all of them may be wanted. */
const PAGE = 256;
/** How many entries to read at once where each is wanted, and may be large. */
const FEW = 16;

/** Dependencies of a {@linkcode RedisHistory}. */
export interface RedisHistoryOptions {
  connection: RedisConnection;
  /** The stream's key. */
  key: string;
  /** How old an event may be, in ms. */
  maxAgeMs: number;
  reader: EventReader;
  /** Takes note of what cannot be read. */
  health: RedisHealth;
}

/** Reads events from a stream. */
export class RedisHistory implements History {
  readonly #connection: RedisConnection;
  readonly #key: string;
  readonly #maxAgeMs: number;
  readonly #reader: EventReader;
  readonly #health: RedisHealth;

  constructor(options: RedisHistoryOptions) {
    this.#connection = options.connection;
    this.#key = options.key;
    this.#maxAgeMs = options.maxAgeMs;
    this.#reader = options.reader;
    this.#health = options.health;
  }

  async read(
    { channels, after, upTo }: ReadQuery,
    limits: ReadLimits,
  ): Promise<Reading | undefined> {
    const events: ChannelEvent[] = [];
    let page = Math.min(lookUpCount(limits), PAGE);
    for (let from = after;;) {
      // The bounds come second. Entries are only ever removed from the oldest on: if all that follows `from` is still
      // kept now, then nothing was missing when the entries were read.
      const [entries, { oldest, newest }] = await this.#ask((client) =>
        Promise.all([
          client.sendCommand<Entry[]>(
            ["XRANGE", this.#key, `(${from}`, upTo, "COUNT", `${page}`],
          ),
          client.bounds(this.#key),
        ])
      );
      const kept = { floor: toSafeId(oldest), last: newest };
      if (!isKnown(from, kept)) return undefined;
      for (const event of this.#reader.events(entries)) {
        if (channels.includes(event.channel)) events.push(event);
      }
      const reading = readWithin(events, limits);
      if (!reading.isComplete || entries.length < page) return reading;
      from = entries.at(-1)![0];
      page = Math.min(2 * page, PAGE);
    }
  }

  async floor(): Promise<EventId> {
    const { oldest } = await this.#ask((client) => client.bounds(this.#key));
    return toSafeId(oldest);
  }

  async latest(query: LatestQuery, limits: ReadLimits): Promise<Reading> {
    const ids = (await this.#newest(query)).slice(0, lookUpCount(limits));
    const events: ChannelEvent[] = [];
    while (ids.length > 0 && readWithin(events, limits).isComplete) {
      const few = ids.splice(0, FEW);
      const found = await this.#ask((client) =>
        Promise.all(
          few.map((id) =>
            client.sendCommand<Entry[]>(["XRANGE", this.#key, id, id])
          ),
        )
      );
      events.push(...this.#reader.events(found.flat()));
    }
    return readWithin(events, limits);
  }

  /** Finds the ids of the newest events of each channel, oldest first. The events themselves may be large together. */
  async #newest(
    { channels, upTo, count, after }: LatestQuery,
  ): Promise<EventId[]> {
    const missing = new Map(channels.map((name) => [name, count]));
    // The stream may still hold events that are too old: they are removed once a minute, and the newest entry never.
    const oldestMs = Date.now() - this.#maxAgeMs;
    const ids: EventId[] = [];
    for (let to: string = upTo;;) {
      const entries = await this.#ask((client) =>
        client.sendCommand<Entry[]>(
          ["XREVRANGE", this.#key, to, `(${after}`, "COUNT", `${PAGE}`],
        )
      );
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

  /**
   * Asks Redis for something that changes nothing.
   *
   * @throws {UnavailableError} Redis is away, or refuses for a while.
   * @throws {UnreadableError} Redis refuses, and waiting will not help. Where Redis is away because of a refusal, that
   * one counts.
   */
  async #ask<T>(question: (client: RedisClient) => Promise<T>): Promise<T> {
    try {
      return await this.#connection.ask(question);
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      const { isReady } = this.#connection;
      // Without a connection only a refusal known to last is one for good: others, such as too many clients, may pass.
      if (isReady ? error.isPassing : !error.isLasting) throw error;
      if (isReady) this.#health.note(error);
      throw readingError(error, false);
    }
  }
}
