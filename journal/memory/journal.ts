import { type EventId, nextEventId } from "../../events/event_id.ts";
import type { Message } from "../../events/message.ts";
import { batchError } from "../batch_limit.ts";
import type {
  LatestQuery,
  Reading,
  ReadLimits,
  ReadQuery,
} from "../history.ts";
import type { Journal, Retention, TailBatch } from "../journal.ts";
import { LocalTails } from "../local_tail.ts";
import { MAX_LENGTH, MemoryHistory } from "./history.ts";

/** Keeps events in this process's memory: they outlive any client, and end with the process. */
export class MemoryJournal implements Journal {
  readonly #retention: Retention;
  readonly #history: MemoryHistory;
  readonly #tails = new LocalTails();

  constructor(retention: Retention) {
    this.#retention = retention;
    this.#history = new MemoryHistory(retention);
  }

  isReady(): Promise<boolean> {
    return Promise.resolve(true);
  }

  append(messages: readonly Message[]): Promise<EventId[]> {
    const error = batchError(messages, this.#retention, MAX_LENGTH);
    if (error) return Promise.reject(error);
    let { last } = this.#history;
    const events = messages.map((message) => {
      last = nextEventId(last);
      return { ...message, id: last };
    });
    this.#history.add(events, last);
    this.#tails.push(events, last);
    return Promise.resolve(events.map(({ id }) => id));
  }

  tail(): AsyncIterable<TailBatch> {
    return this.#tails.open(this.#history.last);
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

  [Symbol.asyncDispose](): Promise<void> {
    this.#tails.close();
    return Promise.resolve();
  }
}
