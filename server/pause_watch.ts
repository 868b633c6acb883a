import type { SharedCounts } from "./shared_counts.ts";

/** How often to look, in ms. */
const LOOK_MS = 100;

/**
 * Notices that another thread has stopped accepting, as too many connections are open. Descriptors may have run out
 * before it noticed, and then this thread's listener accepts nothing any more, either, and is not told so.
 */
export class PauseWatch implements Disposable {
  readonly #counts: SharedCounts;
  readonly #timer: ReturnType<typeof setInterval>;
  #seen: number;

  /** @param onPause Called if another thread has paused. */
  constructor(counts: SharedCounts, onPause: () => void) {
    this.#counts = counts;
    this.#seen = counts.total("pauses");
    this.#timer = setInterval(() => {
      const pauses = counts.total("pauses");
      if (pauses === this.#seen) return;
      this.#seen = pauses;
      onPause();
    }, LOOK_MS);
  }

  /** Tells the other threads that this one pauses. */
  notePause(): void {
    this.#counts.add("pauses", 1);
    this.#seen++;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
