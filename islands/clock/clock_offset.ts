import { readServerClock, type ServerClock } from "./server_clock.ts";

/** How far two clocks of common quality drift apart, in ms per ms: 100 millionths each. */
const DRIFT = 200e-6;
/** How much the error may grow before the server's clock is measured again, in ms. At the common drift, in a minute. */
const MAX_GROWN_MS = 60_000 * DRIFT;
/** The shortest time between two measurements of the server's clock, in ms. */
const MEASURE_MS = 5_000;
/** How many ticks show how late ticks come: more than one, as any of them may be held up. */
const TICKS = 5;
/** How much the lateness may change before the server's clock is measured again, in ms. Networks change by less all the time. */
const MOVED_MS = 20;
/** How much two measurements may differ besides their errors, in ms: the resolution of the clocks. */
const COARSE_MS = 2;

/** Measures the server's clock, and measures it again before the last measurement is too old to rely on. */
export class ClockOffset {
  #clock: ServerClock | undefined;
  #onMeasured: (agrees: boolean) => void;
  /** When the server was last asked for its time, as `performance.now()`. */
  #askedMs = 0;
  /** How far the clocks drift apart, in ms per ms. */
  #drift = DRIFT;
  /** How late each tick came since the server was last asked, in ms. */
  #lates: number[] = [];
  #measuring = new AbortController();

  /** @param onMeasured Called after a measurement, with whether the one before was as right as it said. */
  constructor(onMeasured: (agrees: boolean) => void) {
    this.#onMeasured = onMeasured;
  }

  /** The last measurement. Undefined until there is one, and after {@linkcode forget}. */
  get clock(): ServerClock | undefined {
    return this.#clock;
  }

  /** The greatest error of the clock at a time in ms, as `performance.now()`. It grows. Undefined if it is not known. */
  errorMs(nowMs: number): number | undefined {
    return this.#clock?.errorMs === undefined
      ? undefined
      : this.#clock.errorMs + this.#grownMs(nowMs);
  }

  /** To call with the lateness of each tick that was measured, in ms. */
  addLateness(lateMs: number): void {
    this.#lates.push(lateMs);
  }

  /** Drops the measurement, which no longer holds. */
  forget(): void {
    this.#measuring.abort();
    this.#clock = undefined;
  }

  /** Measures again if there is reason to, but not too often. */
  measureIfDue(nowMs: number): void {
    const sinceMs = nowMs - this.#askedMs;
    if (sinceMs < MEASURE_MS) return;
    const isOld = this.#drift * sinceMs >= MAX_GROWN_MS;
    if (!this.#clock || isOld || this.#hasMoved()) this.measure();
  }

  async measure(): Promise<void> {
    this.#measuring.abort();
    const { signal } = this.#measuring = new AbortController();
    this.#askedMs = performance.now();
    this.#lates = [];
    const clock = await readServerClock(signal);
    if (signal.aborted) return;
    const old = this.#clock;
    // The server did not answer this time.
    if (old?.errorMs !== undefined && clock.errorMs === undefined) return;
    const agrees = !old || this.#compare(old, clock);
    const oldErrorMs = this.errorMs(clock.measuredMs);
    const isBetter = oldErrorMs === undefined || clock.errorMs! <= oldErrorMs;
    if (!agrees || isBetter) this.#clock = clock;
    this.#onMeasured(agrees);
  }

  /** Learns from two measurements how far the clocks drift. Returns whether they agree. */
  #compare(old: ServerClock, clock: ServerClock): boolean {
    const apartMs = Math.abs(clock.originMs - old.originMs);
    const errorsMs = (old.errorMs ?? 0) + (clock.errorMs ?? 0) + COARSE_MS;
    const grownMs = this.#grownMs(clock.measuredMs);
    const driftMs = apartMs > errorsMs ? apartMs : 0;
    this.#drift = Math.max(
      DRIFT,
      driftMs / (clock.measuredMs - old.measuredMs),
    );
    const isSameClock = (old.errorMs ?? clock.errorMs) === old.errorMs;
    return isSameClock && apartMs <= errorsMs + grownMs;
  }

  #grownMs(nowMs: number): number {
    return this.#clock ? this.#drift * (nowMs - this.#clock.measuredMs) : 0;
  }

  #hasMoved(): boolean {
    if (this.#lates.length <= TICKS) return false;
    const first = median(this.#lates.slice(0, TICKS));
    const last = median(this.#lates.slice(-TICKS));
    return Math.abs(last - first) > MOVED_MS + (this.#clock?.errorMs ?? 0);
  }
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}
