import type { EventId } from "../events/event_id.ts";
import type { TailBatch } from "./journal.ts";
import type { TimelineRecord } from "./note.ts";
import { TailQueue } from "./tail_queue.ts";

/** The open tails of a journal whose records are all appended in this process. */
export class LocalTails {
  readonly #tails = new Set<TailQueue>();

  /** @param last The id after which the tail begins. */
  open(last: EventId): AsyncIterable<TailBatch> {
    const tail = new TailQueue();
    // The first batch is due at once: it says where the tail begins.
    tail.push({ records: [], last });
    this.#tails.add(tail);
    return tail;
  }

  /**
   * Brings all tails what was appended.
   *
   * @param records In the order of their ids.
   * @param last The newest id that was given out.
   */
  push(records: readonly TimelineRecord[], last: EventId): void {
    for (const tail of this.#tails) tail.push({ records, last });
  }

  /** Ends all tails. */
  close(): void {
    for (const tail of this.#tails) tail.close();
  }
}
