/**
 * Measures how long nothing came, rather too long than too short. `performance.now()` cannot be set, but stops in some
 * browsers while the machine sleeps; the wall clock does not stop, but can be set.
 */
export class Quiet {
  #atMs = performance.now();
  #wallMs = Date.now();

  /** To call when something comes. */
  end(): void {
    this.#atMs = performance.now();
    this.#wallMs = Date.now();
  }

  /** How long nothing came, in ms. */
  get ms(): number {
    return Math.max(performance.now() - this.#atMs, Date.now() - this.#wallMs);
  }
}
