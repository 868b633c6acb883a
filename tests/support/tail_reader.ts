import { assert, assertEquals } from "@std/assert";
import type { EventId } from "../../events/event_id.ts";
import type { ChannelEvent } from "../../events/message.ts";
import type { Journal, TailBatch } from "../../journal/journal.ts";
import { within } from "./within.ts";

/** How many empty batches in a row mean that nothing comes any more. */
const MAX_EMPTY = 10;

/** Reads a journal's tail as it comes, and keeps its events. */
export class TailReader {
  readonly events: ChannelEvent[] = [];
  readonly #batches: AsyncIterator<TailBatch>;
  #emptyCount = 0;

  constructor(journal: Journal) {
    this.#batches = journal.tail()[Symbol.asyncIterator]();
  }

  /** Reads the next batch. A tail that ends, or brings nothing, fails the test. */
  async next(): Promise<TailBatch> {
    const { value, done } = await within(this.#batches.next());
    assert(!done, "the tail has ended");
    const { events, isReset } = value;
    this.events.push(...events);
    const isEmpty = events.length === 0 && !isReset;
    this.#emptyCount = isEmpty ? this.#emptyCount + 1 : 0;
    assert(this.#emptyCount < MAX_EMPTY, "nothing comes any more");
    return value;
  }

  /** Reads the first batch, and returns where the tail begins. */
  async start(): Promise<EventId> {
    return (await this.next()).last;
  }

  /** Reads on until so many more events have come, and returns them. */
  async take(count: number): Promise<ChannelEvent[]> {
    const from = this.events.length;
    while (this.events.length < from + count) {
      const { events, last } = await this.next();
      if (events.length > 0) assertEquals(last, events.at(-1)!.id);
    }
    return this.events.slice(from);
  }

  /** Reads on up to the event with the data, without a reset before it, and returns the data that came. */
  async until(data: string): Promise<string[]> {
    const from = this.events.length;
    while (!this.events.slice(from).some((event) => event.data === data)) {
      assertEquals((await this.next()).isReset, undefined);
    }
    return this.events.slice(from).map((event) => event.data);
  }

  /** Reads on until the timeline ends, without an event before that, and returns where the next begins. */
  async reset(): Promise<EventId> {
    while (true) {
      const { events, last, isReset } = await this.next();
      assertEquals(events, []);
      if (isReset) return last;
    }
  }

  /** Whether the tail ends instead of bringing another batch. */
  async isDone(): Promise<boolean> {
    return (await within(this.#batches.next())).done === true;
  }
}
