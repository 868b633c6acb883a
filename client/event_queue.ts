/** How many events wait for a reader at most. */
const MAX_WAITING = 1_000;

/** The events that wait for one reader. Where there are too many, the oldest go. */
export class EventQueue<T> {
  readonly #makeLagged: (missed: number, last: T) => T;
  #events: T[] = [];
  #missed = 0;
  /** The last event that was dropped, if the reader has not been told. */
  #last: T | undefined;
  #isEnded = false;
  #wake: (() => void) | undefined;

  /** @param makeLagged Makes the event that says how many were dropped, and stands where the last of them did. */
  constructor(makeLagged: (missed: number, last: T) => T) {
    this.#makeLagged = makeLagged;
  }

  add(event: T): void {
    if (this.#events.length === MAX_WAITING) {
      this.#last = this.#events.shift();
      this.#missed++;
    }
    this.#events.push(event);
    this.#wake?.();
  }

  /** Says that no more events come. */
  end(): void {
    this.#isEnded = true;
    this.#wake?.();
  }

  /** Takes the next event; nothing after the last. Not to be called again before it resolved. */
  async take(): Promise<T | undefined> {
    if (this.#events.length === 0 && !this.#isEnded) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const [missed, last] = [this.#missed, this.#last];
    this.#missed = 0;
    this.#last = undefined;
    return last ? this.#makeLagged(missed, last) : this.#events.shift();
  }
}
