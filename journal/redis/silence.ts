/** How long one step of the count takes, in ms. */
const STEP_MS = 500;
/** After how many steps without an answer to stop waiting. */
const MAX_STEPS = 8;
/** How long a {@linkcode Silence} lasts before it counts, in ms. */
export const SILENCE_MS = MAX_STEPS * STEP_MS;

/**
 * Finds out that no answer came for 4 s. It counts steps, not time: while the process itself is stopped, or its machine
 * sleeps, it counts at most one, so that Redis is not blamed for that time.
 */
export class Silence implements Disposable {
  readonly #onSilence: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param onSilence Called once, at the end of the silence. */
  constructor(onSilence: () => void) {
    this.#onSilence = onSilence;
  }

  /** Begins to count anew: an answer came. */
  restart(): void {
    this[Symbol.dispose]();
    let steps = 0;
    this.#timer = setInterval(() => {
      if (++steps < MAX_STEPS) return;
      this[Symbol.dispose]();
      this.#onSilence();
    }, STEP_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
