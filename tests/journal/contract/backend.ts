import { FakeTime } from "@std/testing/time";
import type { Message } from "../../../events/message.ts";
import { CapturedLog } from "../../support/captured_log.ts";
import type { Journal, Retention } from "../../../journal/journal.ts";

/** Retention that no test exceeds. */
export const PLENTY: Retention = {
  maxEvents: 100_000,
  maxAgeMs: 86_400_000,
  maxBytes: 1024 ** 3,
};

/** A kind of journal, and how to open one. */
export interface Backend {
  name: string;
  /** Why this kind cannot be tested here, if it cannot. */
  skip?: string;
  /** Whether the times come from another process, so that a test cannot set them. */
  hasOwnClock?: boolean;
  /**
   * Opens an empty journal.
   *
   * @param resources What the journal needs. It is disposed of after the journal.
   */
  open(
    retention: Retention,
    resources: AsyncDisposableStack,
  ): Promise<Journal>;
  /**
   * Makes an empty store that outlives its journals, if this kind has such.
   *
   * @param resources What the store needs.
   * @returns What opens a journal over the store, once the one before is closed.
   */
  makeStore?(
    resources: AsyncDisposableStack,
  ): Promise<(retention: Retention) => Promise<Journal>>;
}

/** Fake time in which a journal goes on by itself while a test waits for it. */
export interface JournalTime {
  /** The present time, in ms since 1970. */
  readonly now: number;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** Sets the system's clock forward or back, without time passing. */
  setClock(byMs: number): void;
}

/** Defines the tests of one part of the contract. */
export class Contract {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Tests an empty journal. */
  test(
    criterion: string,
    run: (journal: Journal) => Promise<void>,
    retention: Partial<Retention> = {},
  ): void {
    this.#define(criterion, async (resources) => {
      await using journal = await this.#open(retention, resources);
      await run(journal);
    });
  }

  /** Tests several empty journals, as a property does. */
  testMany(
    criterion: string,
    run: (
      open: (retention: Partial<Retention>) => Promise<Journal>,
    ) => Promise<void>,
  ): void {
    this.#define(
      criterion,
      (resources) => run((retention) => this.#open(retention, resources)),
    );
  }

  /** Tests an empty journal in fake time, where that can be faked. */
  testInTime(
    criterion: string,
    run: (journal: Journal, time: JournalTime) => Promise<void>,
    retention: Partial<Retention> = {},
  ): void {
    if (this.#backend.hasOwnClock) return;
    this.#define(criterion, async (resources) => {
      // That the ids are ahead of the clock is no news here.
      using _log = new CapturedLog();
      using time = new FakeTime();
      await using journal = await patient(
        time,
        this.#open(retention, resources),
      );
      await run(inTime(journal, time), journalTime(time));
    });
  }

  /** Tests a store over which one journal after another is opened, where a kind has such. */
  testStore(
    criterion: string,
    run: (open: () => Promise<Journal>) => Promise<void>,
    retention: Partial<Retention> = {},
  ): void {
    const { makeStore } = this.#backend;
    if (!makeStore) return;
    this.#define(criterion, async (resources) => {
      const open = await makeStore(resources);
      await run(() => open({ ...PLENTY, ...retention }));
    });
  }

  /** Tests such a store in fake time, where that can be faked. */
  testStoreInTime(
    criterion: string,
    run: (open: () => Promise<Journal>, time: JournalTime) => Promise<void>,
    retention: Partial<Retention> = {},
  ): void {
    const { makeStore, hasOwnClock } = this.#backend;
    if (!makeStore || hasOwnClock) return;
    this.#define(criterion, async (resources) => {
      // That the ids are ahead of the clock is no news here.
      using _log = new CapturedLog();
      using time = new FakeTime();
      const open = await patient(time, makeStore(resources));
      await run(async () => {
        const journal = await patient(time, open({ ...PLENTY, ...retention }));
        return inTime(journal, time);
      }, journalTime(time));
    });
  }

  #define(
    criterion: string,
    run: (resources: AsyncDisposableStack) => Promise<void>,
  ): void {
    const { name, skip } = this.#backend;
    Deno.test({
      name: `${name} ${criterion}${skip ? ` (skipped: ${skip})` : ""}`,
      ignore: skip !== undefined,
      async fn() {
        await using resources = new AsyncDisposableStack();
        await run(resources);
      },
    });
  }

  #open(
    retention: Partial<Retention>,
    resources: AsyncDisposableStack,
  ): Promise<Journal> {
    return this.#backend.open({ ...PLENTY, ...retention }, resources);
  }
}

/** A message. */
export function message(channel: string, data: string, type?: string): Message {
  return type === undefined ? { channel, data } : { channel, data, type };
}

function journalTime(time: FakeTime): JournalTime {
  return {
    get now() {
      return time.now;
    },
    pass: (ms) => time.tickAsync(ms),
    setClock: (byMs) => time.setSystemClock(byMs),
  };
}

/** The journal, whose answers come though time is faked. */
function inTime(journal: Journal, time: FakeTime): Journal {
  return new Proxy(journal, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const answer = member.apply(target, args);
        return answer instanceof Promise ? patient(time, answer) : answer;
      };
    },
  });
}

/** Those who wait in fake time. */
const waiting = new Set<Promise<unknown>>();

/** Waits, and lets as little time pass as the timers of a journal need, however many wait. */
async function patient<T>(time: FakeTime, promise: Promise<T>): Promise<T> {
  const settle = () => waiting.delete(promise);
  promise.then(settle, settle);
  const isFirst = waiting.size === 0;
  waiting.add(promise);
  while (isFirst && waiting.size > 0) await time.tickAsync(1);
  return await promise;
}
