/** How long a flush is held back at most, in ms: a burst delays an event by no more. */
const MAX_WAIT_MS = 50;

/**
 * Spaces flushes out. A flush comes at once, or as soon as the event loop has gone round after the one before. Only when
 * events come faster than they can be flushed, the next flush waits as long as the last one kept the process busy: a
 * burst so becomes fewer, larger writes, and half the time is left for other work.
 */
export class Pacer implements Disposable {
  readonly #flush: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWanted = false;

  /** @param flush Returns whether it wrote several events at once to the same readers. */
  constructor(flush: () => boolean) {
    this.#flush = flush;
  }

  /** Asks for a flush: at once, or as soon as the one before has had its rest. */
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
    const isBurst = this.#flush();
    // A timer fires only after the writes that the flush caused, so the time until then is what the flush cost.
    this.#timer = setTimeout(() => {
      const tookMs = performance.now() - start;
      this.#timer = setTimeout(
        () => this.#rest(),
        // One event at a time is no burst: a wait would make none of the writes fewer, and all of them later.
        isBurst ? Math.min(tookMs, MAX_WAIT_MS) : 0,
      );
    });
  }

  #rest(): void {
    this.#timer = undefined;
    if (this.#isWanted) this.#run();
  }
}
