import { setImmediate } from "node:timers";
import { Deque } from "../journal/deque.ts";

/** How long turns follow each other before a timer lets the event loop do everything else, in ms. */
const SLICE_MS = 5;

/**
 * Has long tasks take turns, first come, first served. Between two turns the event loop goes on, so that requests are
 * answered and bytes are sent however many tasks there are.
 */
export class Turns {
  readonly #waiting = new Deque<() => void>();
  #sliceStart = 0;

  /** Resolves when the caller may do the next part of its work. */
  take(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) this.#startSlice();
    });
  }

  #startSlice(): void {
    setTimeout(() => {
      this.#sliceStart = performance.now();
      this.#next();
    });
  }

  #next(): void {
    this.#waiting.shift()!();
    if (this.#waiting.length === 0) return;
    // A timer takes 1 ms or more, far longer than most turns. But between two immediates no socket is looked at.
    setImmediate(() => {
      if (performance.now() - this.#sliceStart < SLICE_MS) this.#next();
      else this.#startSlice();
    });
  }
}
