/** Until the server says otherwise, in ms. */
const RETRY_MS = 3_000;
/** The least, in ms, whatever a server says: nobody is to be hammered. Firefox has the same. */
const MIN_RETRY_MS = 500;
/** A longer timer fires at once, in every browser: it is kept in 32 bits. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** How long to wait for an answer at first before asking once more, in ms. */
const AGAIN_MS = 1_000;
/** How much longer each wait in a row is. */
const GROWTH = 1.5;
/** How far the waits grow by themselves, in ms. */
const MAX_GROWN_MS = 16_000;
/** A connection that drops sooner than this, in ms, counts as a failed attempt. */
const STAYED_MS = 5_000;

/**
 * How long to wait for an answer, and before connecting again: what the server asked for, and longer with each failed
 * attempt in a row.
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection
 */
export class Backoff {
  /** What the server asked for, in ms. */
  retryMs = RETRY_MS;
  #failures = 0;
  #startedMs = 0;
  #isAnswered = false;

  /** Takes note that an attempt begins, and returns how long to wait for its answer before asking once more, in ms. */
  start(): number {
    this.#startedMs = performance.now();
    this.#isAnswered = false;
    return grown(AGAIN_MS, this.#failures);
  }

  /** Takes note that the server answered. */
  answered(): void {
    this.#isAnswered = true;
  }

  /** Takes note that the attempt is over, and returns how long to wait until the next, in ms. */
  end(): number {
    const tookMs = performance.now() - this.#startedMs;
    const hasStayed = this.#isAnswered && tookMs >= STAYED_MS;
    const waitMs = grown(this.retryMs, hasStayed ? 0 : this.#failures);
    this.#failures = hasStayed ? 0 : this.#failures + 1;
    // Whoever waited for an answer has waited already.
    const restMs = this.#isAnswered ? waitMs : waitMs - tookMs;
    return Math.min(Math.max(restMs, MIN_RETRY_MS), MAX_TIMER_MS);
  }
}

/** The time, in ms, after so many failures. */
function grown(ms: number, failures: number): number {
  const leastMs = Math.max(ms, MIN_RETRY_MS);
  return Math.max(
    leastMs,
    Math.min(leastMs * GROWTH ** failures, MAX_GROWN_MS),
  );
}
