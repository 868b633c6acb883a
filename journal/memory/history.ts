import {
  compareEventIds,
  type EventId,
  eventIdMs,
} from "../../events/event_id.ts";
import type { ChannelEvent } from "../../events/message.ts";
import { Deque } from "../deque.ts";
import type {
  History,
  LatestQuery,
  Reading,
  ReadLimits,
  ReadQuery,
} from "../history.ts";
import type { Retention } from "../journal.ts";
import { isKnown, lookUpCount, readWithin } from "../reading.ts";

/** How much data is kept at most, in UTF-16 units, however few the events: it must fit into a process. */
export const MAX_LENGTH = 128 * 1024 * 1024;

/** The events that a process keeps in its memory. */
export class MemoryHistory implements History {
  readonly #retention: Retention;
  readonly #events = new Deque<ChannelEvent>();
  readonly #channels = new Map<string, Deque<ChannelEvent>>();
  #length = 0;
  /** Ids that an earlier process gave out are older than this one. */
  #floor: EventId = `${Date.now()}-0`;
  #last: EventId = this.#floor;

  constructor(retention: Retention) {
    this.#retention = retention;
  }

  /** The last id given out. */
  get last(): EventId {
    return this.#last;
  }

  /**
   * Keeps events, and removes those that exceed the retention.
   *
   * @param events Newer than all that are kept, in the order of their ids.
   * @param last The last id that is then given out.
   */
  add(events: readonly ChannelEvent[], last: EventId): void {
    for (const event of events) this.#keep(event);
    this.#last = last;
    this.#expire();
  }

  read(query: ReadQuery, limits: ReadLimits): Promise<Reading | undefined> {
    this.#expire();
    const kept = { floor: this.#floor, last: this.#last };
    return Promise.resolve(
      isKnown(query.after, kept) ? this.#read(query, limits) : undefined,
    );
  }

  floor(): Promise<EventId> {
    this.#expire();
    return Promise.resolve(this.#floor);
  }

  latest(query: LatestQuery, limits: ReadLimits): Promise<Reading> {
    this.#expire();
    return Promise.resolve(this.#read(query, limits, query.count));
  }

  /** @param count How many of each channel's newest events to read. */
  #read(query: ReadQuery, limits: ReadLimits, count = Infinity): Reading {
    const limit = lookUpCount(limits);
    const events = query.channels.flatMap((name) =>
      this.#readChannel(name, query, count, limit)
    );
    events.sort((a, b) => compareEventIds(a.id, b.id));
    return readWithin(events, limits);
  }

  /** Reads one channel's events: the oldest `limit` of the newest `count`. */
  #readChannel(
    name: string,
    { after, upTo }: ReadQuery,
    count: number,
    limit: number,
  ): ChannelEvent[] {
    const events = this.#channels.get(name);
    if (!events) return [];
    const end = events.firstIndex(({ id }) => compareEventIds(id, upTo) > 0);
    const start = Math.max(
      events.firstIndex(({ id }) => compareEventIds(id, after) > 0),
      end - count,
    );
    return events.slice(start, Math.min(end, start + limit));
  }

  #keep(event: ChannelEvent): void {
    this.#events.push(event);
    this.#length += event.data.length;
    let events = this.#channels.get(event.channel);
    if (!events) this.#channels.set(event.channel, events = new Deque());
    events.push(event);
  }

  /** Removes events from the oldest on, so the one removed is always the first of its channel, too. */
  #expire(): void {
    const oldestMs = Date.now() - this.#retention.maxAgeMs;
    for (let event; (event = this.#events.at(0));) {
      const isKept = eventIdMs(event.id) >= oldestMs &&
        this.#events.length <= this.#retention.maxEvents &&
        this.#length <= MAX_LENGTH;
      if (isKept) return;
      this.#events.shift();
      this.#length -= event.data.length;
      this.#floor = event.id;
      const events = this.#channels.get(event.channel)!;
      events.shift();
      if (events.length === 0) this.#channels.delete(event.channel);
    }
  }
}
