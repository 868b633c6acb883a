import { HttpError } from "./http_error.ts";

/** The body paused for too long. */
export class SlowBodyError extends HttpError {
  override name = "SlowBodyError";

  /** @param maxSilenceMs The longest pause, in ms. */
  constructor(maxSilenceMs: number) {
    super(
      408,
      `Cannot wait for this body: it must not pause for more than ${
        maxSilenceMs / 1_000
      } s`,
    );
  }
}

/** Finds out that a body is silent for too long. Dispose of it when the body is read. */
export class Silence implements Disposable {
  readonly #maxMs: number;
  readonly #onTooLong: () => void;
  #lastAt = performance.now();
  #timer: ReturnType<typeof setTimeout>;

  /**
   * @param maxMs The longest time without a byte, in ms.
   * @param onTooLong Called once that time is over.
   */
  constructor(maxMs: number, onTooLong: () => void) {
    this.#maxMs = maxMs;
    this.#onTooLong = onTooLong;
    this.#timer = this.#lookIn(maxMs);
  }

  /** Counts the time from now. */
  noteByte(): void {
    // A timer for each chunk would cost more than reading it.
    this.#lastAt = performance.now();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #lookIn(ms: number) {
    return setTimeout(() => {
      const leftMs = this.#lastAt + this.#maxMs - performance.now();
      if (leftMs > 0) this.#timer = this.#lookIn(leftMs);
      else this.#onTooLong();
    }, ms);
  }
}
