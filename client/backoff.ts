/** The wait until the server names another, in ms. */
const RETRY_MS = 3_000;
/** The shortest wait, in ms, whatever the server says. */
const MIN_MS = 500;
/** The longest wait that the server can ask for, in ms. A timer takes 2³¹ ms at most, and fires at once where it is told more. */
const MAX_MS = 3_600_000;
/** For so long, in ms, the next try is never far. */
const FIRST_MS = 60_000;
/** The longest time from one try to the next during that, in ms, and after it. */
const APART_MS = { first: 5_000, later: 15_000 };
/** How long a try may take until an answer comes during that, in ms, and after it: then the network may be slow. */
const ANSWER_MS = { first: 4_000, later: 30_000 };
/** The factor between two waits in a row. */
const GROWTH = 1.5;
/** The part of a wait that is random, so that clients do not come back all at once. */
const JITTER = 0.25;
/** A connection that drops sooner than this, in ms, counts as a failure. */
const STAYED_MS = 5_000;

/** Computes the waits between attempts: as the server asked, and longer after each failure in a row. */
export class Backoff {
  /** The wait that the server asked for in the stream, in ms. */
  retryMs = RETRY_MS;
  #failures = 0;
  /** When the first attempt began of those that failed in a row. */
  #failingMs: number | undefined;
  #startedMs = 0;
  #openedMs: number | undefined;

  /** Begins an attempt. Returns how long it may take until its answer, in ms. */
  start(): number {
    this.#startedMs = performance.now();
    this.#openedMs = undefined;
    this.#failingMs ??= this.#startedMs;
    return ANSWER_MS[this.#phase()];
  }

  /** To call when the stream opens. */
  opened(): void {
    this.#openedMs = performance.now();
  }

  /**
   * Ends the attempt.
   *
   * @param afterMs The wait that the server asked for in a refusal, in ms.
   * @returns The wait before the next one, in ms.
   */
  end(afterMs = 0): number {
    const nowMs = performance.now();
    const { retryMs } = this;
    if (nowMs - (this.#openedMs ?? nowMs) >= STAYED_MS) {
      this.#failures = 0;
      this.#failingMs = nowMs;
    }
    const leastMs = Math.min(Math.max(MIN_MS, retryMs, afterMs), MAX_MS);
    const apartMs = APART_MS[this.#phase()];
    const mostMs = leastMs < apartMs ? apartMs : leastMs / (1 - JITTER);
    const grownMs = Math.min(leastMs * GROWTH ** ++this.#failures, mostMs);
    const waitMs = Math.max(leastMs, grownMs * (1 - JITTER * Math.random()));
    // The time spent waiting for an answer counts.
    return afterMs || this.#openedMs !== undefined
      ? waitMs
      : Math.max(MIN_MS, waitMs - (nowMs - this.#startedMs));
  }

  #phase(): "first" | "later" {
    return performance.now() - this.#failingMs! < FIRST_MS ? "first" : "later";
  }
}
