import { Deque } from "../journal/deque.ts";

/** How many readings a hub has at once: each holds a page in memory. */
const MAX_READS = 8;

/** Bounds how many readings there are at once. The others wait, first come, first served. */
export class ReadSlots {
  readonly #waiting = new Deque<() => void>();
  #free = MAX_READS;

  /** Reads as soon as there is a slot. */
  async run<T>(read: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      await promise;
    }
    try {
      return await read();
    } finally {
      const next = this.#waiting.shift();
      // The slot goes to the next one, so that nobody who comes now takes it.
      if (next) next();
      else this.#free++;
    }
  }
}
