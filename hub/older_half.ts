import { compareEventIds, type EventId } from "../events/event_id.ts";
import type { Retention } from "../journal/journal.ts";
import type { TimelineRecord } from "../journal/note.ts";
import { recordBytes } from "../journal/record_bytes.ts";

/** The marks are so far apart, as parts of what is kept: a place is found in the older half at 9 parts of age or less. */
const PARTS = 16;
/** What a store needs for a record besides, in bytes: rather too much than too little, so that a place is not found too late. */
const OVERHEAD = 400;

/** Where the hub stood at a moment. */
interface Mark {
  readonly id: EventId;
  /** How many bytes had come by then. */
  readonly bytes: number;
  /** When that was, as `performance.now()`. */
  readonly ms: number;
}

/** Where a hub has been within what a journal keeps, as far as it matters to tell the older half from the newer one. */
export class OlderHalf {
  readonly #maxAgeMs: number;
  readonly #maxBytes: number;
  /** Oldest first. */
  #marks: Mark[] = [];
  #bytes = 0;
  #begin: EventId | undefined;

  constructor({ maxAgeMs, maxBytes }: Retention) {
    this.#maxAgeMs = maxAgeMs;
    this.#maxBytes = maxBytes;
  }

  /** Notes records that have come. */
  add(records: readonly TimelineRecord[]): void {
    for (const record of records) this.#bytes += recordBytes(record, OVERHEAD);
  }

  /** Notes that records were left out, nobody knows how many. */
  skip(): void {
    this.#bytes += this.#maxBytes;
  }

  /** Forgets the places: another timeline has begun. */
  clear(): void {
    this.#marks = [];
    this.#begin = undefined;
  }

  /**
   * Finds where the newer half begins: rather too late than too early.
   *
   * @param position Where the hub stands.
   * @returns The first place of the newer half, or one shortly after it; nothing where there is no older half, and while
   * the place has hardly moved since the last call.
   */
  move(position: EventId): EventId | undefined {
    const ms = performance.now();
    const last = this.#marks.at(-1);
    const hasMoved = !last || ms - last.ms >= this.#maxAgeMs / PARTS ||
      this.#bytes - last.bytes >= this.#maxBytes / PARTS;
    if (!hasMoved) return undefined;
    this.#marks.push({ id: position, bytes: this.#bytes, ms });
    // An id from before the hub began has no mark, and its time says how old it is. Otherwise clocks may be set.
    const halfMs = Math.floor(Date.now() - this.#maxAgeMs / 2);
    if (halfMs > 0) this.#moveTo(`${halfMs}-0`);
    // A place after a mark is taken to be as old as the mark: nobody knows how much came between them.
    while (this.#isOld(this.#marks[0]!, ms)) {
      this.#marks.shift();
      this.#moveTo(this.#marks[0]!.id);
    }
    return this.#begin;
  }

  #isOld(mark: Mark, ms: number): boolean {
    return ms - mark.ms >= this.#maxAgeMs / 2 ||
      this.#bytes - mark.bytes >= this.#maxBytes / 2;
  }

  #moveTo(to: EventId): void {
    if (!this.#begin || compareEventIds(to, this.#begin) > 0) this.#begin = to;
  }
}
