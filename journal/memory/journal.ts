import { batchError } from "../batch_limit.ts";
import { Deque } from "../deque.ts";
import {
  compareEventIds,
  type EventId,
  eventIdMs,
  nextEventId,
} from "../../events/event_id.ts";
import {
  type LatestQuery,
  type Reading,
  type ReadLimits,
  readWithin,
} from "../history.ts";
import type { Journal, Retention, TailBatch } from "../journal.ts";
import type { ChannelEvent, Message } from "../../events/message.ts";
import { Tails } from "../local_tail.ts";

/** What is kept at the most, in UTF-16 units of data, however few the events: they must fit into a process. */
const MAX_LENGTH = 128 * 1024 * 1024;

/** Keeps events in this process's memory: they outlive any client, and end with the process. */
export class MemoryJournal implements Journal {
  readonly #retention: Retention;
  readonly #events = new Deque<ChannelEvent>();
  readonly #channels = new Map<string, Deque<ChannelEvent>>();
  readonly #tails = new Tails();
  #length = 0;
  /** What an earlier process gave out lies before this. */
  #floor: EventId = `${Date.now()}-0`;
  #last: EventId = this.#floor;

  constructor(retention: Retention) {
    this.#retention = retention;
  }

  append(messages: readonly Message[]): Promise<EventId[]> {
    const error = batchError(messages, this.#retention, MAX_LENGTH);
    if (error) return Promise.reject(error);
    const events = messages.map((message) => {
      this.#last = nextEventId(this.#last);
      return { ...message, id: this.#last };
    });
    for (const event of events) this.#keep(event);
    this.#expire();
    this.#tails.push(events, this.#last);
    return Promise.resolve(events.map(({ id }) => id));
  }

  isReady(): Promise<boolean> {
    return Promise.resolve(true);
  }

  tail(): AsyncIterable<TailBatch> {
    return this.#tails.open(this.#last);
  }

  floor(): Promise<EventId> {
    this.#expire();
    return Promise.resolve(this.#floor);
  }

  read(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
    limits: ReadLimits,
  ): Promise<Reading | undefined> {
    this.#expire();
    const isKnown = compareEventIds(after, this.#floor) >= 0 &&
      compareEventIds(after, this.#last) <= 0;
    return Promise.resolve(
      isKnown
        ? readWithin(
          channels.flatMap((name) =>
            // One more tells whether there are more.
            this.#between(name, after, upTo, limits.maxEvents + 1)
          ).sort(byId),
          limits,
        )
        : undefined,
    );
  }

  latest(
    { channels, upTo, count, after }: LatestQuery,
    limits: ReadLimits,
  ): Promise<Reading> {
    this.#expire();
    const events = channels.flatMap((name) =>
      // One more tells whether there are more.
      this.#between(name, after, upTo, limits.maxEvents + 1, count)
    );
    return Promise.resolve(readWithin(events.sort(byId), limits));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#tails.close();
    return Promise.resolve();
  }

  #keep(event: ChannelEvent): void {
    this.#events.push(event);
    this.#length += event.data.length;
    let events = this.#channels.get(event.channel);
    if (!events) this.#channels.set(event.channel, events = new Deque());
    events.push(event);
  }

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

  /** The channel's events after one id and up to another: the oldest `limit` of the newest `count`. */
  #between(
    channel: string,
    after: EventId,
    upTo: EventId,
    limit: number,
    count = Infinity,
  ): ChannelEvent[] {
    const events = this.#channels.get(channel);
    if (!events) return [];
    const end = events.indexBehind(({ id }) => compareEventIds(id, upTo) > 0);
    const start = Math.max(
      events.indexBehind(({ id }) => compareEventIds(id, after) > 0),
      end - count,
    );
    return events.slice(start, Math.min(end, start + limit));
  }
}

function byId(a: ChannelEvent, b: ChannelEvent): number {
  return compareEventIds(a.id, b.id);
}
