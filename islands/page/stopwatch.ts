/** By how much the wall clock has to be ahead for it to count, in ms: smaller steps are corrections of that clock. */
const SLEPT_MS = 1_000;

/**
 * Measures how long ago something was. It rather says too much than too little: a page that asks a stream for too short
 * a time loses events, and nobody notices.
 *
 * It goes by `performance.now()`, which nobody can set. In some browsers that clock stands still while the machine
 * sleeps, so where the wall clock went on much further since the last look, the wall clock counts.
 */
export class Stopwatch {
  #ms = 0;
  #monotonicMs = performance.now();
  #wallMs = Date.now();

  /** Begins at 0 again. */
  restart(): void {
    this.read();
    this.#ms = 0;
  }

  /** How long ago it was started, in ms. The more often it is read, the less can hide between two steps of a clock. */
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
