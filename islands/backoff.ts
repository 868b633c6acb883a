/** Until the server says otherwise, in ms. */
const RETRY_MS = 3_000;
/** The least, in ms, whatever a server says: nobody is to be hammered. Firefox has the same. */
const MIN_RETRY_MS = 500;
/** A longer timer fires at once, in every browser: it is kept in 32 bits. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** How much longer each wait in a row is. */
const GROWTH = 1.5;
/** How far the waits grow by themselves, in ms. */
const MAX_GROWN_MS = 16_000;
/** A connection that drops sooner than this, in ms, counts as a failed attempt. */
const STAYED_MS = 5_000;

/**
 * How long to wait before connecting again: what the server asked for, and longer with each failed attempt in a row.
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection
 */
export class Backoff {
  /** What the server asked for, in ms. */
  retryMs = RETRY_MS;
  #failures = 0;
  #startedMs = 0;

  /** Takes note that an attempt begins. */
  started(): void {
    this.#startedMs = performance.now();
  }

  /** Takes note that the attempt is over, and returns how long to wait until the next, in ms. */
  nextMs(): number {
    const stayedMs = performance.now() - this.#startedMs;
    if (stayedMs >= STAYED_MS) this.#failures = 0;
    const askedMs = Math.max(this.retryMs, MIN_RETRY_MS);
    const grownMs = Math.min(askedMs * GROWTH ** this.#failures, MAX_GROWN_MS);
    this.#failures++;
    return Math.min(Math.max(askedMs, grownMs), MAX_TIMER_MS);
  }
}
