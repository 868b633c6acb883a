import { compareEventIds } from "../../events/event_id.ts";
import type { TimelineRecord } from "../note.ts";

/** So many times more than are needed are collected before they are sorted, as thousands of channels have some each. */
const SPARE = 8;

/** Collects records of many channels, and keeps the oldest of them. */
export class Oldest<T extends TimelineRecord> {
  readonly #count: number;
  #records: T[] = [];
  /** What is after this one is not needed. */
  #last: T | undefined;

  /** @param count How many are needed. */
  constructor(count: number) {
    this.#count = count;
  }

  add(records: readonly T[]): void {
    const last = this.#last;
    for (const record of records) {
      const isNeeded = !last || compareEventIds(record.id, last.id) < 0;
      if (isNeeded) this.#records.push(record);
    }
    if (this.#records.length < SPARE * this.#count) return;
    this.#records = this.inOrder().slice(0, this.#count);
    this.#last = this.#records.at(-1);
  }

  /** As many as are needed at least, if there are so many, oldest first. */
  inOrder(): T[] {
    return this.#records.sort((a, b) => compareEventIds(a.id, b.id));
  }
}
