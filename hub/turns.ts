import { Deque } from "../journal/deque.ts";

/**
 * Has long tasks take turns, first come, first served. Between two turns the event loop goes on, so that requests are
 * answered and bytes are sent however many tasks there are.
 */
export class Turns {
  readonly #waiting = new Deque<() => void>();

  /** Resolves when the caller may do the next part of its work. */
  take(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#waiting.length === 1) this.#schedule();
    });
  }

  #schedule(): void {
    setTimeout(() => {
      this.#waiting.shift()!();
      if (this.#waiting.length > 0) this.#schedule();
    });
  }
}
