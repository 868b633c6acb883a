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
import type { Command, RedisConnection, Reply } from "./connection.ts";
import { type EventReader, toEntries, toSafeId } from "./entries.ts";
import { RedisError } from "./error.ts";
import { boundsCommand } from "./scripts.ts";

/** How many entries are read at once, in search of events, at most. */
const PAGE = 256;
/** How many entries are read at once where each is known to be wanted, and may be large. */
const FEW = 16;

/** What the history of a stream is made of. */
export interface RedisHistoryOptions {
  connection: RedisConnection;
  /** The stream's key. */
  key: string;
  /** How old an event may be, in ms. */
  maxAgeMs: number;
  reader: EventReader;
  /** Called with each refusal that ends a reading for good. */
  onRefusal(error: RedisError): void;
}

/** Reads what a stream holds. */
export class RedisHistory implements History {
  readonly #connection: RedisConnection;
  readonly #key: string;
  readonly #maxAgeMs: number;
  readonly #reader: EventReader;
  readonly #onRefusal: (error: RedisError) => void;

  constructor(options: RedisHistoryOptions) {
    this.#connection = options.connection;
    this.#key = options.key;
    this.#maxAgeMs = options.maxAgeMs;
    this.#reader = options.reader;
    this.#onRefusal = (error) => options.onRefusal(error);
  }

  async floor(): Promise<EventId> {
    const [bounds] = await this.#ask(boundsCommand(this.#key));
    return toSafeId((bounds as [EventId, EventId])[0]);
  }

  async read(
    { channels, after, upTo }: ReadQuery,
    limits: ReadLimits,
  ): Promise<Reading | undefined> {
    const events: ChannelEvent[] = [];
    let page = Math.min(lookUpCount(limits), PAGE);
    for (let from = after;;) {
      // Redis answers in this order. Entries are only ever removed from the oldest on, so if everything after `from` is
      // still kept once the entries were read, then nothing was missing from them.
      const [reply, bounds] = await this.#ask(
        ["XRANGE", this.#key, `(${from}`, upTo, "COUNT", `${page}`],
        boundsCommand(this.#key),
      );
      const [oldest, last] = bounds as [EventId, EventId];
      if (!isKnown(from, { floor: toSafeId(oldest), last })) return undefined;
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
    const ids = (await this.#newest(query)).slice(0, lookUpCount(limits));
    const events: ChannelEvent[] = [];
    while (ids.length > 0 && readWithin(events, limits).isComplete) {
      const replies = await this.#ask(
        ...ids.splice(0, FEW).map((id) => ["XRANGE", this.#key, id, id]),
      );
      for (const reply of replies) {
        events.push(...this.#reader.events(toEntries(reply)));
      }
    }
    return readWithin(events, limits);
  }

  /** The ids of the newest events of each channel, oldest first: the events together may be large. */
  async #newest(
    { channels, upTo, count, after }: LatestQuery,
  ): Promise<EventId[]> {
    const missing = new Map(channels.map((name) => [name, count]));
    // What is too old is let go of now and then only, and the newest of all never.
    const oldestMs = Date.now() - this.#maxAgeMs;
    const ids: EventId[] = [];
    for (let to: string = upTo;;) {
      const [page] = await this.#ask(
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

  /**
   * Sends commands that read.
   *
   * @throws {UnreadableError} where Redis refuses them, and not for a while only, also where that keeps Redis from being
   * connected.
   */
  async #ask(...commands: Command[]): Promise<Reply[]> {
    try {
      return await this.#connection.send(...commands);
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      const { isReady } = this.#connection;
      // What keeps Redis away may be anything, such as too many clients.
      if (isReady ? error.isPassing : !error.isLasting) throw error;
      if (isReady) this.#onRefusal(error);
      throw readingError(error, false);
    }
  }
}
