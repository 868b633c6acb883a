/** The longest that a flush is held back, in ms: what a burst may add to an event's way. */
const MAX_WAIT_MS = 50;

/**
 * Spaces flushes out. When nothing is going on, a flush comes at once; after one that kept the process busy for D ms,
 * the next waits D ms, so that a burst becomes fewer, larger writes and half the time stays free for other work.
 */
export class Pacer implements Disposable {
  readonly #flush: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWanted = false;

  constructor(flush: () => void) {
    this.#flush = flush;
  }

  /** Asks for a flush, now or as soon as there may be one. */
  request(): void {
    if (this.#timer === undefined) this.#run();
    else this.#isWanted = true;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #run(): void {
    this.#isWanted = false;
    const start = performance.now();
    this.#flush();
    // A timer fires only after the writes that the flush set off, so the time until then is what the flush cost.
    this.#timer = setTimeout(() => {
      const tookMs = performance.now() - start;
      this.#timer = setTimeout(
        () => this.#rest(),
        Math.min(tookMs, MAX_WAIT_MS),
      );
    });
  }

  #rest(): void {
    this.#timer = undefined;
    if (this.#isWanted) this.#run();
  }
}
