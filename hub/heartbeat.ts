const BEAT_MS = 1_000;

/** Counts seconds while it runs: every stream's time of silence is measured by it, so that there is one timer. */
export class Heartbeat {
  readonly #onBeat: () => void;
  #beat = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param onBeat Called each second. */
  constructor(onBeat: () => void) {
    this.#onBeat = onBeat;
  }

  /** Rises by one every second. */
  get beat(): number {
    return this.#beat;
  }

  /** Begins to count. */
  start(): void {
    this.#timer = setInterval(() => {
      this.#beat++;
      this.#onBeat();
    }, BEAT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
