import { assert, assertEquals } from "@std/assert";
import { compareEventIds, type EventId } from "../../events/event_id.ts";
import type { ChannelEvent } from "../../events/message.ts";
import type { Journal, TailBatch } from "../../journal/journal.ts";
import type { TimelineRecord } from "../../journal/note.ts";
import { eventsOf } from "./read_events.ts";
import { within } from "./within.ts";

/** How many empty batches in a row mean that nothing comes any more. */
const MAX_EMPTY = 10;

/** Reads a journal's tail as it comes, and keeps its records. */
export class TailReader {
  readonly records: TimelineRecord[] = [];
  readonly #batches: AsyncIterator<TailBatch>;
  #emptyCount = 0;

  constructor(journal: Journal) {
    this.#batches = journal.tail()[Symbol.asyncIterator]();
  }

  /** The events so far. */
  get events(): readonly ChannelEvent[] {
    return eventsOf(this.records);
  }

  /** Reads the next batch. A tail that ends, or brings nothing, fails the test. */
  async next(): Promise<TailBatch> {
    const { value, done } = await within(this.#batches.next());
    assert(!done, "the tail has ended");
    const { records, last, gap } = value;
    for (const { id } of records) assert(compareEventIds(id, last) <= 0);
    this.records.push(...records);
    const isEmpty = records.length === 0 && !gap;
    this.#emptyCount = isEmpty ? this.#emptyCount + 1 : 0;
    assert(this.#emptyCount < MAX_EMPTY, "nothing comes any more");
    return value;
  }

  /** Reads the first batch, and returns where the tail begins. */
  async start(): Promise<EventId> {
    const { records, last } = await this.next();
    assertEquals(records, []);
    return last;
  }

  /** Reads on until so many more events have come, and returns them. */
  async take(count: number): Promise<readonly ChannelEvent[]> {
    const from = this.events.length;
    while (this.events.length < from + count) {
      assertEquals((await this.next()).gap, undefined);
    }
    return this.events.slice(from);
  }

  /** Reads on up to the event with the data, without a gap before it, and returns the data that came. */
  async until(data: string): Promise<string[]> {
    const from = this.events.length;
    while (!this.events.slice(from).some((event) => event.data === data)) {
      assertEquals((await this.next()).gap, undefined);
    }
    return this.events.slice(from).map((event) => event.data);
  }

  /** Reads on until the timeline ends, without an event before that, and returns where the next begins. */
  async reset(): Promise<EventId> {
    while (true) {
      const { records, last, gap } = await this.next();
      assertEquals(eventsOf(records), []);
      if (gap === "reset") return last;
    }
  }

  /** Whether the tail ends instead of bringing another batch. */
  async isDone(): Promise<boolean> {
    return (await within(this.#batches.next())).done === true;
  }
}
