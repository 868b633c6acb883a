/** How far the wall clock must be ahead to count, in ms. Smaller steps are corrections of that clock. */
const SLEPT_MS = 1_000;

/**
 * Measures elapsed time, rather too long than too short: a page that asks for events of too short a time would lose some
 * without notice.
 *
 * It uses `performance.now()`, which cannot be set. In some browsers that clock stops while the machine sleeps. So if the
 * wall clock went much further since the last reading, the wall clock counts.
 */
export class Stopwatch {
  #ms = 0;
  #monotonicMs = performance.now();
  #wallMs = Date.now();

  /** Starts again at 0. */
  restart(): void {
    this.read();
    this.#ms = 0;
  }

  /** Returns the time since the start, in ms. Frequent readings make it more exact when a clock steps. */
  read(): number {
    const monotonicMs = performance.now();
    const wallMs = Date.now();
    const byMonotonic = monotonicMs - this.#monotonicMs;
    const byWall = wallMs - this.#wallMs;
    this.#monotonicMs = monotonicMs;
    this.#wallMs = wallMs;
    this.#ms += byWall > byMonotonic + SLEPT_MS ? byWall : byMonotonic;
    return this.#ms;
  }
}
