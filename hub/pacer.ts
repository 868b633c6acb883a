/** How long a flush is held back at most, in ms: a burst delays an event by no more. */
const MAX_WAIT_MS = 50;

/**
 * Spaces flushes out. While nothing else happens, a flush comes at once. After one that kept the process busy for D ms,
 * the next one waits for D ms, so that a burst becomes fewer, larger writes and half the time is left for other work.
 */
export class Pacer implements Disposable {
  readonly #flush: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isWanted = false;

  constructor(flush: () => void) {
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
    this.#flush();
    // A timer fires only after the writes that the flush caused, so the time until then is what the flush cost.
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
