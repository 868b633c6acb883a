/** The wait until the server names another, in ms. */
const RETRY_MS = 3_000;
/** The shortest wait, in ms, whatever the server says. Firefox has the same. */
const MIN_RETRY_MS = 500;
/** Browsers keep a timer's delay in 32 bits, and a longer one fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** The first wait for an answer before the request is sent again, in ms. */
const AGAIN_MS = 1_000;
/** The factor between two waits in a row. */
const GROWTH = 1.5;
/** The limit to which waits grow, in ms. */
const MAX_GROWN_MS = 16_000;
/** A connection that drops sooner than this, in ms, counts as a failed attempt. */
const STAYED_MS = 5_000;

/**
 * Computes the waits for an answer and before the next attempt: as the server asked, and longer after each failed attempt
 * in a row.
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection
 */
export class Backoff {
  /** The wait that the server asked for, in ms. */
  retryMs = RETRY_MS;
  #failures = 0;
  #startedMs = 0;
  #isAnswered = false;

  /** Begins an attempt. Returns the wait for its answer before the request is sent again, in ms. */
  start(): number {
    this.#startedMs = performance.now();
    this.#isAnswered = false;
    return grown(AGAIN_MS, this.#failures);
  }

  /** To call when the server answers. */
  answered(): void {
    this.#isAnswered = true;
  }

  /** Ends the attempt. Returns the wait before the next one, in ms. */
  end(): number {
    const tookMs = performance.now() - this.#startedMs;
    const hasStayed = this.#isAnswered && tookMs >= STAYED_MS;
    const waitMs = grown(this.retryMs, hasStayed ? 0 : this.#failures);
    this.#failures = hasStayed ? 0 : this.#failures + 1;
    // The time spent waiting for an answer counts.
    const restMs = this.#isAnswered ? waitMs : waitMs - tookMs;
    return Math.min(Math.max(restMs, MIN_RETRY_MS), MAX_TIMER_MS);
  }
}

/** A wait after that many failures, in ms. */
function grown(ms: number, failures: number): number {
  const leastMs = Math.max(ms, MIN_RETRY_MS);
  return Math.max(
    leastMs,
    Math.min(leastMs * GROWTH ** failures, MAX_GROWN_MS),
  );
}
