import type { EventId } from "../events/event_id.ts";
import type { TailBatch } from "./journal.ts";
import type { ChannelEvent } from "../events/message.ts";

/** A timeline's tail, for a journal that knows itself what comes: it gathers what is pushed while its reader is busy. */
class Tail implements AsyncIterable<TailBatch> {
  #events: ChannelEvent[] = [];
  #last: EventId;
  #isOpen = true;
  #hasNews = Promise.withResolvers<void>();

  /** @param last Where the tail begins. */
  constructor(last: EventId) {
    this.#last = last;
    this.#hasNews.resolve();
  }

  push(events: readonly ChannelEvent[], last: EventId): void {
    for (const event of events) this.#events.push(event);
    this.#last = last;
    this.#hasNews.resolve();
  }

  close(): void {
    this.#isOpen = false;
    this.#hasNews.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TailBatch> {
    while (true) {
      await this.#hasNews.promise;
      if (!this.#isOpen) return;
      const batch = { events: this.#events, last: this.#last };
      this.#events = [];
      this.#hasNews = Promise.withResolvers();
      yield batch;
    }
  }
}

/** The open tails of a journal that knows itself what comes. */
export class Tails {
  readonly #tails = new Set<Tail>();

  /** @param last Where the tail begins. */
  open(last: EventId): Tail {
    const tail = new Tail(last);
    this.#tails.add(tail);
    return tail;
  }

  push(events: readonly ChannelEvent[], last: EventId): void {
    for (const tail of this.#tails) tail.push(events, last);
  }

  close(): void {
    for (const tail of this.#tails) tail.close();
  }
}
