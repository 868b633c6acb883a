import { countedMs } from "./counted_ms.ts";

/** What a store knows of the clock: when it was last seen to have gone back. A store that outlives Chime keeps both times. */
export class StoreClock {
  /** What the clock said when it was last looked at, in ms since 1970. */
  nowMs: number;
  /** What the clock said when it was last seen to have gone back, in ms since 1970. */
  wentBackMs: number;

  constructor(nowMs: number = Date.now(), wentBackMs: number = nowMs) {
    this.nowMs = nowMs;
    this.wentBackMs = wentBackMs;
  }

  /**
   * Looks at the clock.
   *
   * @param nowMs What it says, in ms since 1970.
   */
  see(nowMs: number = Date.now()): void {
    // Not compared with the highest time ever seen: the clock would then seem to go back at every look.
    if (nowMs < this.nowMs) this.wentBackMs = nowMs;
    this.nowMs = nowMs;
  }

  /** When a record counts as appended, see {@linkcode countedMs}. */
  countedMs(atMs: number): number {
    return countedMs(atMs, this.nowMs, this.wentBackMs);
  }
}
