import { follow } from "../../hub/follow.ts";
import { Hub } from "../../hub/hub.ts";
import { UnavailableError } from "../../journal/history.ts";
import type { Journal, TailBatch } from "../../journal/journal.ts";
import { JournalHost } from "../../journal/remote/host.ts";
import {
  type JournalCalls,
  RemoteJournal,
} from "../../journal/remote/journal.ts";
import type { Defect } from "./defects.ts";
import { Port } from "./port.ts";
import type { World } from "./world.ts";

// How small everything is, so that it happens that it does not suffice.

/** What hubs take a store to keep: so little that silent streams are often told where they are. */
const RETENTION = { maxEvents: 1, maxAgeMs: 1_000, maxBytes: 2_000 };
const RING_LIMITS = { maxFrames: 4, maxBytes: 10_000 };
const MAX_WAITING_BYTES = 1_000;
const WINDOW_BYTES = 400;

/** One thread's hub over its journal. */
export interface Thread {
  readonly hub: Hub;
  readonly journal: Journal;
  isAlive: boolean;
  /** Whether it takes nothing from its port for now. */
  readonly port: Port | undefined;
}

/** Options for {@linkcode Instance}. */
export interface InstanceOptions {
  world: World;
  /** Whether the threads are workers beside the one with the journal, and how many they are. */
  workers: number;
  defect: Defect | undefined;
  openJournal(): Journal;
}

/** One Chime: a journal, and threads that serve from it. */
export class Instance {
  readonly #options: InstanceOptions;
  readonly #journal: Journal;
  readonly #host: JournalHost | undefined;
  readonly #threads: Thread[] = [];
  #isAlive = true;

  constructor(options: InstanceOptions) {
    this.#options = options;
    this.#journal = options.openJournal();
    if (options.workers === 0) {
      this.#threads.push(this.#serve(this.#journal, undefined));
      return;
    }
    this.#host = new JournalHost(this.#journal, {
      maxWaitingBytes: MAX_WAITING_BYTES,
      windowBytes: WINDOW_BYTES,
    });
    this.#host.follow();
    for (let i = 0; i < options.workers; i++) this.addWorker();
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  /** The threads that serve. */
  get threads(): readonly Thread[] {
    return this.#threads;
  }

  /** Starts one more worker. */
  addWorker(): void {
    const { world, defect } = this.#options;
    const toWorker = new Port(world);
    const toMain = new Port(world);
    const reader = this.#host!.addReader((batch) =>
      toWorker.send(() =>
        far.onBatch(structuredClone(withoutGap(batch, defect)))
      )
    );
    const far: RemoteJournal = new RemoteJournal(
      callsOver(this.#host!.calls, toMain, toWorker),
      {
        acknowledge: (count) => toMain.send(() => reader.acknowledge(count)),
        disconnect: () => {},
      },
    );
    this.#threads.push(this.#serve(far, toWorker));
  }

  /** A worker crashes, and another one takes its place. */
  crashWorker(): Thread | undefined {
    if (!this.#host) return undefined;
    const thread = this.#options.world.random.pick(this.#threads);
    this.#end(thread);
    this.#threads.splice(this.#threads.indexOf(thread), 1);
    this.addWorker();
    return thread;
  }

  /** Everything of it ends at once. */
  kill(): void {
    this.#isAlive = false;
    for (const thread of this.#threads) this.#end(thread);
    this.#journal[Symbol.asyncDispose]();
  }

  #end(thread: Thread): void {
    thread.isAlive = false;
    thread.port?.close();
  }

  #serve(journal: Journal, port: Port | undefined): Thread {
    const { defect } = this.#options;
    const hub = new Hub(journal, {
      ringLimits: RING_LIMITS,
      retention: RETENTION,
    });
    const thread: Thread = { hub, journal, port, isAlive: true };
    plant(hub, defect);
    follow(hub, whileAlive(thread, journal.tail()));
    return thread;
  }
}

/** A tail that ends with its thread. */
async function* whileAlive(
  thread: Thread,
  tail: AsyncIterable<TailBatch>,
): AsyncGenerator<TailBatch> {
  for await (const batch of tail) {
    if (!thread.isAlive) return;
    yield batch;
  }
}

/** The journal's methods, called in another thread. */
function callsOver(
  calls: JournalCalls,
  there: Port,
  back: Port,
): JournalCalls {
  return new Proxy(calls, {
    get(target, name) {
      const method = Reflect.get(target, name);
      if (typeof method !== "function") return method;
      return (...args: unknown[]) =>
        new Promise((resolve, reject) => {
          back.whenClosed.then(() =>
            reject(new UnavailableError("The other thread answers no more"))
          );
          there.send(async () => {
            try {
              const answer = await method(...structuredClone(args));
              back.send(() => resolve(structuredClone(answer)));
            } catch (error) {
              back.send(() => reject(error));
            }
          });
        });
    },
  });
}

function withoutGap(batch: TailBatch, defect: Defect | undefined): TailBatch {
  if (defect !== "a worker that lags is not told") return batch;
  return batch.gap === "skip"
    ? { records: batch.records, last: batch.last }
    : batch;
}

/** Plants a defect into a hub. */
function plant({ timeline }: Hub, defect: Defect | undefined): void {
  if (defect === "a ring serves ids of any epoch") {
    Object.defineProperty(timeline.spans, "has", { value: () => true });
  }
}
