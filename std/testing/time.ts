/**
 * The part of `@std/testing/time` that Chime's tests use, over `@sinonjs/fake-timers`: no copy of that module on npm
 * works. Beyond it, `performance.now()` is faked too, the system's clock can be set, time can pass while the event loop
 * is blocked, and pending timers are counted, because a clock is tested for all of that.
 *
 * @module
 */
import FakeTimers from "@sinonjs/fake-timers";

/** Replaces `Date`, the timers and `performance.now()` until it is disposed of. */
export class FakeTime implements Disposable {
  #clock: FakeTimers.Clock;

  /** @param start What `Date.now()` says first, in ms since the epoch or as a date. */
  constructor(start: number | string | Date = Date.now()) {
    this.#clock = FakeTimers.install({
      now: new Date(start),
      toFake: [
        "Date",
        "setTimeout",
        "clearTimeout",
        "setInterval",
        "clearInterval",
        "performance",
      ],
    });
  }

  /** What `Date.now()` says, in ms since the epoch. */
  get now(): number {
    return this.#clock.now;
  }

  /** Lets `ms` pass and fires what falls due, without letting promises settle between. */
  tick(ms = 0): void {
    this.#clock.tick(ms);
  }

  /** Lets `ms` pass, fires what falls due and lets promises settle before, between and after. */
  async tickAsync(ms = 0): Promise<void> {
    await this.#clock.tickAsync(ms);
  }

  /** Lets `ms` pass while nothing runs: what fell due meanwhile fires late, at the next tick. */
  jump(ms: number): void {
    this.#clock.jump(ms);
  }

  /** Sets the system's clock by so many ms, while time itself goes on. */
  setSystemClock(byMs: number): void {
    this.#clock.setSystemTime(this.#clock.now + byMs);
  }

  /** How many timers are pending. */
  get timerCount(): number {
    return this.#clock.countTimers();
  }

  /** Lets every promise settle that can without time going on. */
  async runMicrotasks(): Promise<void> {
    await this.#clock.tickAsync(0);
  }

  [Symbol.dispose](): void {
    this.#clock.uninstall();
  }
}
