import type { EventId } from "../events/event_id.ts";
import type { ChannelEvent } from "../events/message.ts";
import type { TailBatch } from "./journal.ts";

/** A tail that gathers what is pushed while its reader is busy, and hands it over as one batch. */
class LocalTail implements AsyncIterable<TailBatch> {
  #events: ChannelEvent[] = [];
  #last: EventId;
  #isOpen = true;
  #hasNews = Promise.withResolvers<void>();

  /** @param last The id after which the tail begins. */
  constructor(last: EventId) {
    this.#last = last;
    // The first batch is due at once: it says where the tail begins.
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

/** The open tails of a journal whose events are all appended in this process. */
export class LocalTails {
  readonly #tails = new Set<LocalTail>();

  /** @param last The id after which the tail begins. */
  open(last: EventId): AsyncIterable<TailBatch> {
    const tail = new LocalTail(last);
    this.#tails.add(tail);
    return tail;
  }

  /**
   * Brings all tails what was appended.
   *
   * @param events In the order of their ids.
   * @param last The newest id that was given out.
   */
  push(events: readonly ChannelEvent[], last: EventId): void {
    for (const tail of this.#tails) tail.push(events, last);
  }

  /** Ends all tails. */
  close(): void {
    for (const tail of this.#tails) tail.close();
  }
}
