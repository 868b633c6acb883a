import type { EventId } from "../events/event_id.ts";
import type { TailBatch } from "./journal.ts";
import type { TimelineRecord } from "./note.ts";
import { recordBytes } from "./record_bytes.ts";

/**
 * How much may wait for a reader, in bytes, unless it came at once. That is what a reader that stood still for a second
 * or two has missed; one that lags further takes it from the journal.
 */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** What each record takes besides its texts, about, in bytes. */
const RECORD_OVERHEAD = 200;

/** Batches that were joined. */
interface Waiting {
  readonly records: TimelineRecord[];
  last: EventId;
  readonly gap: TailBatch["gap"];
  bytes: number;
  /** Of how many batches it was made. */
  count: number;
}

/** Options for {@linkcode TailQueue}. */
export interface TailQueueOptions {
  /** How much may wait, in bytes. */
  maxBytes?: number | undefined;
  /** Called when the reader has done its work with so many of the batches that were pushed, and asks for more. */
  onTaken?: (count: number) => void;
}

/**
 * A tail between whoever brings it and one reader. What comes while the reader is busy becomes one batch, as that costs
 * less than many small ones. What is too much is left out, and the reader is told up to where.
 */
export class TailQueue implements AsyncIterable<TailBatch> {
  readonly #maxBytes: number;
  readonly #onTaken: (count: number) => void;
  #waiting: Waiting[] = [];
  #bytes = 0;
  #hasBegun = false;
  #isOpen = true;
  #hasNews = Promise.withResolvers<void>();

  constructor(
    { maxBytes = MAX_WAITING_BYTES, onTaken = () => {} }: TailQueueOptions = {},
  ) {
    this.#maxBytes = maxBytes;
    this.#onTaken = onTaken;
  }

  /** Whether it was not closed yet. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How many bytes wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the next batch. The first one says where the tail begins, and reaches the reader by itself. */
  push({ records, last, gap }: TailBatch): void {
    const bytes = records.reduce(
      (sum, record) => sum + recordBytes(record, RECORD_OVERHEAD),
      0,
    );
    const newest = this.#waiting.at(-1);
    if (this.#bytes > 0 && this.#bytes + bytes > this.#maxBytes) {
      this.#leaveOut(last, gap);
    } else if (newest && !newest.gap && !gap && !this.#isBegin(newest)) {
      for (const record of records) newest.records.push(record);
      newest.last = last;
      newest.bytes += bytes;
      newest.count++;
      this.#bytes += bytes;
    } else {
      this.#waiting.push({ records: [...records], last, gap, bytes, count: 1 });
      this.#bytes += bytes;
    }
    this.#hasNews.resolve();
  }

  /** Ends the tail, whatever waits. */
  close(): void {
    this.#isOpen = false;
    this.#hasNews.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TailBatch> {
    for await (const { batch } of this.sized()) yield batch;
  }

  /** The batches, each with its size in bytes. */
  async *sized(): AsyncGenerator<{ batch: TailBatch; bytes: number }> {
    while (true) {
      await this.#hasNews.promise;
      if (!this.#isOpen) return;
      const next = this.#waiting.shift();
      if (!next) {
        this.#hasNews = Promise.withResolvers();
        continue;
      }
      this.#hasBegun = true;
      this.#bytes -= next.bytes;
      const { records, last, gap, bytes, count } = next;
      yield { batch: gap ? { records, last, gap } : { records, last }, bytes };
      this.#onTaken(count);
    }
  }

  #isBegin(batch: Waiting): boolean {
    return !this.#hasBegun && batch === this.#waiting[0];
  }

  /** Lets go of what waits, but for the beginning, and says so. */
  #leaveOut(last: EventId, gap: TailBatch["gap"]): void {
    const begin = this.#hasBegun ? [] : this.#waiting.splice(0, 1);
    const isReset = gap === "reset" ||
      this.#waiting.some(({ gap }) => gap === "reset");
    const count = this.#waiting.reduce((sum, { count }) => sum + count, 1);
    this.#waiting = [
      ...begin,
      {
        records: [],
        last,
        gap: isReset ? "reset" : "skip",
        bytes: 0,
        count,
      },
    ];
    this.#bytes = begin.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
