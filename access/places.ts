/** There is no place left to wait in. */
export class NoPlaceError extends Error {
  override name = "NoPlaceError";
}

/** Options for {@linkcode Places}. */
export interface PlacesOptions {
  /** How many works are done at once. */
  readonly maxAtOnce: number;
  /** How many more may wait. */
  readonly maxWaiting: number;
}

/** Bounds how much is done at once, and how much waits for that. Who comes first is served first. */
export class Places {
  readonly #options: PlacesOptions;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /**
   * Does the work as soon as there is a place for it.
   *
   * @throws {NoPlaceError} where too many wait already, and whatever the work throws.
   */
  async run<T>(work: () => Promise<T>): Promise<T> {
    await this.#take();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place goes to who waits longest: nobody else can take it in between.
      if (next) next();
      else this.#taken--;
    }
  }

  async #take(): Promise<void> {
    const { maxAtOnce, maxWaiting } = this.#options;
    if (this.#taken < maxAtOnce) {
      this.#taken++;
      return;
    }
    if (this.#waiting.length >= maxWaiting) {
      throw new NoPlaceError(`${maxWaiting} wait already`);
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}
