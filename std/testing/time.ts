/**
 * The part of `@std/testing/time` that Chime's tests use, on top of `@sinonjs/fake-timers`, as no copy of that module
 * on npm works. In addition it fakes `performance.now()`, sets the system's clock, lets time pass while the event loop
 * is blocked, and counts pending timers: the tests of the clock need all of that.
 *
 * @module
 */
import FakeTimers from "@sinonjs/fake-timers";

/** Replaces `Date`, the timers and `performance.now()` until it is disposed of. */
export class FakeTime implements Disposable {
  #clock: FakeTimers.Clock;

  /** @param start The first value of `Date.now()`, in ms since the epoch or as a date. */
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

  /** The value of `Date.now()`, in ms since the epoch. */
  get now(): number {
    return this.#clock.now;
  }

  /** Lets `ms` pass and fires the timers that are due, without letting promises settle in between. */
  tick(ms = 0): void {
    this.#clock.tick(ms);
  }

  /** Lets `ms` pass, fires the timers that are due, and lets promises settle before, between and after them. */
  async tickAsync(ms = 0): Promise<void> {
    await this.#clock.tickAsync(ms);
  }

  /** Lets `ms` pass while nothing runs: timers that become due fire late, at the next tick. */
  jump(ms: number): void {
    this.#clock.jump(ms);
  }

  /** Moves the system's clock by `ms`, while timers are not affected. */
  setSystemClock(byMs: number): void {
    this.#clock.setSystemTime(this.#clock.now + byMs);
  }

  /** How many timers are pending. */
  get timerCount(): number {
    return this.#clock.countTimers();
  }

  /** Lets all promises settle that can settle without time passing. */
  async runMicrotasks(): Promise<void> {
    await this.#clock.tickAsync(0);
  }

  [Symbol.dispose](): void {
    this.#clock.uninstall();
  }
}
