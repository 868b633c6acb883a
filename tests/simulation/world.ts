import { setImmediate } from "node:timers";
import { Random } from "./random.ts";

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  readonly everyMs?: number | undefined;
}

/** When a world begins, in ms since 1970. */
const START_MS = Date.UTC(2026, 10, 22);

/**
 * Time, chance and the timers of one simulated run. While it is installed, everything in this thread lives in it: the
 * clock, timers and random numbers are its own. Nothing happens but what {@linkcode World.step} does.
 */
export class World implements Disposable {
  readonly random: Random;
  /** What happened, newest last, if that is wanted. */
  readonly trace: string[] | undefined;
  /** Called after each step. */
  onStep: () => Promise<void> | undefined = () => undefined;
  readonly #timers = new Map<number, Timer>();
  readonly #restore: () => void;
  #elapsedMs = 0;
  #clockMs = START_MS;
  #order = 0;

  /** @param isTraced Whether to note what happens. */
  constructor(seed: number, isTraced: boolean) {
    this.trace = isTraced ? [] : undefined;
    this.random = new Random(seed);
    this.#restore = this.#install();
  }

  /** How much time has passed since the beginning, in ms. */
  get elapsedMs(): number {
    return this.#elapsedMs;
  }

  /** What the system's clock says, in ms since 1970. */
  get clockMs(): number {
    return this.#clockMs + Math.floor(this.#elapsedMs);
  }

  /** By how much the clock was set, all in all, in ms. */
  get clockSetting(): number {
    return this.#clockMs - START_MS;
  }

  /** Sets the system's clock forward or back. */
  setClock(byMs: number): void {
    this.#clockMs += byMs;
  }

  /** Notes what happens. */
  note(describe: () => string): void {
    this.trace?.push(`${Math.floor(this.#elapsedMs)} ms: ${describe()}`);
  }

  /** Resolves after a while. */
  delay(ms: number): Promise<void> {
    return new Promise((resolve) => this.#add(resolve, ms));
  }

  /** Resolves after as long as a message takes through the network or to another thread. */
  hop(): Promise<void> {
    return this.delay(this.random.next() * 10);
  }

  /** Lets everything happen that needs no time. */
  settle(): Promise<void> {
    // Whatever is due by then has been done: nothing here waits for anything but promises and the world's own timers.
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Fires the next timer and lets everything happen that follows at once. False where no timer is due by then. */
  async step(untilMs = Infinity): Promise<boolean> {
    let next: [number, Timer] | undefined;
    for (const entry of this.#timers) {
      const [, { at, order }] = entry;
      const isSooner = !next || at < next[1].at ||
        at === next[1].at && order < next[1].order;
      if (isSooner) next = entry;
    }
    if (!next || next[1].at > untilMs) return false;
    const [id, { at, run, everyMs }] = next;
    this.#elapsedMs = Math.max(this.#elapsedMs, at);
    this.#timers.delete(id);
    if (everyMs !== undefined) this.#add(run, everyMs, everyMs, id);
    run();
    await this.settle();
    await this.onStep();
    return true;
  }

  /** Lets time pass. */
  async pass(ms: number): Promise<void> {
    const end = this.#elapsedMs + ms;
    while (await this.step(end));
    this.#elapsedMs = end;
  }

  [Symbol.dispose](): void {
    this.#restore();
  }

  #add(
    run: () => void,
    ms = 0,
    everyMs?: number,
    id = ++this.#order,
  ): number {
    const at = this.#elapsedMs + Math.max(0, ms);
    this.#timers.set(id, { at, order: ++this.#order, run, everyMs });
    return id;
  }

  /** Takes the place of what a program knows of time and chance. */
  #install(): () => void {
    const replaced: (() => void)[] = [];
    const replace = <T extends object>(target: T, values: Partial<T>) => {
      for (const [name, value] of Object.entries(values)) {
        const before = Object.getOwnPropertyDescriptor(target, name);
        Object.defineProperty(target, name, {
          value,
          configurable: true,
          writable: true,
        });
        replaced.push(() => {
          if (before) Object.defineProperty(target, name, before);
          else delete (target as Record<string, unknown>)[name];
        });
      }
    };
    const clear = (id?: number) => {
      this.#timers.delete(id!);
    };
    const scope: Record<string, unknown> = globalThis;
    replace(scope, {
      setTimeout: (run: () => void, ms?: number) => this.#add(run, ms),
      setInterval: (run: () => void, ms?: number) => this.#add(run, ms, ms),
      clearTimeout: clear,
      clearInterval: clear,
    });
    replace(Date, { now: () => this.clockMs });
    replace(performance, { now: () => this.#elapsedMs });
    replace(Math, { random: () => this.random.next() });
    replace(crypto, {
      getRandomValues: <T extends ArrayBufferView | null>(array: T): T => {
        const words = array as unknown as Uint32Array;
        for (let i = 0; i < words.length; i++) {
          words[i] = this.random.below(2 ** 32);
        }
        return array;
      },
    });
    return () => {
      for (const restore of replaced.reverse()) restore();
    };
  }
}
