/** How long a stream may stay silent, in ms: intermediaries close what is idle for longer, often after 30 or 60 s. */
export const HEARTBEAT_MS = 15_000;
const BEAT_MS = 1_000;
const HEARTBEAT_BEATS = HEARTBEAT_MS / BEAT_MS;

/** Counts seconds while it runs, so that comments can be written to streams that are silent for too long. */
export class Heartbeat {
  readonly #onBeat: (idleSince: number) => void;
  #beat = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param onBeat Called each second: a stream whose last write was at or before the beat is due for a comment. */
  constructor(onBeat: (idleSince: number) => void) {
    this.#onBeat = onBeat;
  }

  /** Rises by one every second. */
  get beat(): number {
    return this.#beat;
  }

  /** Begins to count, if it does not count already. */
  start(): void {
    this.#timer ??= setInterval(() => {
      this.#beat++;
      this.#onBeat(this.#beat - HEARTBEAT_BEATS);
    }, BEAT_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
