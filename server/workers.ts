import { atMost } from "./settles_within.ts";
import { JournalHost } from "../journal/remote/host.ts";
import type { Journal } from "../journal/journal.ts";
import { DRAIN_MS, type InstanceOptions } from "./instance.ts";
import { addCounts, type Counts } from "../hub/counts.ts";
import type { WorkerNews, WorkerOrder } from "./worker.ts";
import { WorkerWatch } from "./worker_watch.ts";

/** How long to wait before a worker that crashed is started again, in ms: one that crashes at once must not spin. */
const RESTART_MS = 200;

/** How long a worker may take to answer, in ms. */
const PATIENCE_MS = 1_000;

/** What the workers are made of. */
export interface WorkersOptions {
  /** How many. */
  count: number;
  /** What each serves; the streams that may be open at once are for all of them together. */
  instance: InstanceOptions;
  journal: Journal;
  log(message: string): void;
  /** Called where a worker's thread is frozen, which nothing but the process's end can mend. */
  onFrozen(message: string): void;
  /** The module that a worker runs. */
  module?: URL;
}

/** A worker's thread and what is known of it. */
interface Member {
  worker: Worker;
  closeJournal(): void;
  /** How many streams it has, by channel. */
  clients: Map<string, number>;
  /** What it has done, as it last said. */
  counts: Counts | undefined;
  /** Settles once it has said so again, or is gone; while it is asked only. */
  counting: PromiseWithResolvers<void> | undefined;
  drained: PromiseWithResolvers<void>;
}

/**
 * Several threads that serve one port, each with a hub of its own, over the one journal that is here. The system spreads
 * connections over them. One that crashes is started again; its clients come back to any of them, and resume there.
 */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #host: JournalHost;
  readonly #members = new Set<Member>();
  readonly #watch = new WorkerWatch<Member>({
    ping: ({ worker }) => worker.postMessage("ping" satisfies WorkerOrder),
    onFrozen: (member) => {
      // The end must not wait for it.
      this.#remove(member);
      this.#options.onFrozen("a worker has been silent for 10 s");
    },
  });
  readonly #restarts = new Set<ReturnType<typeof setTimeout>>();
  /** What those have done that are gone. */
  #gone: Counts[] = [];
  #url = "";
  #isDraining = false;

  private constructor(options: WorkersOptions) {
    this.#options = options;
    this.#host = new JournalHost(options.journal);
  }

  /**
   * Starts the workers, and resolves once all of them listen.
   *
   * @throws {Deno.errors.AddrInUse} where the port is taken, and whatever else the system refuses.
   */
  static async start(options: WorkersOptions): Promise<Workers> {
    const { hostname, port } = options.instance;
    // Another process that shares its port, too, would go unnoticed.
    Deno.listen({ hostname, port }).close();
    const workers = new Workers(options);
    workers.#host.follow();
    // The first one finds the port where any will do.
    workers.#url = await workers.#add(options.instance);
    const instance = { ...options.instance, port: workers.port };
    const others = Array.from(
      { length: options.count - 1 },
      () => workers.#add(instance),
    );
    await Promise.all(others);
    return workers;
  }

  get url(): string {
    return this.#url;
  }

  get port(): number {
    return Number(new URL(this.#url).port || 80);
  }

  /** Tells every client that it must go, and settles once they are gone, or have had time enough. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#watch[Symbol.dispose]();
    for (const timer of this.#restarts) clearTimeout(timer);
    await Promise.all([...this.#members].map(async (member) => {
      member.worker.postMessage("drain" satisfies WorkerOrder);
      const isDrained = await atMost(
        DRAIN_MS + PATIENCE_MS,
        member.drained.promise,
      );
      if (!isDrained) this.#options.log("a worker did not drain, ending it");
      this.#remove(member);
    }));
  }

  /** Adds a worker, and resolves with its URL once it listens. */
  #add(instance: InstanceOptions): Promise<string> {
    const { module = new URL("./worker.ts", import.meta.url), count } =
      this.#options;
    const worker = new Worker(module, { type: "module" });
    const clients = new Map<string, number>();
    const { port: journal, close: closeJournal } = this.#host.open({
      noteClient: (channel: string, change: 1 | -1) =>
        note(clients, channel, change),
      countClients: (channel: string) => this.#countClients(channel),
      counts: () => this.#count(),
    });
    const listening = Promise.withResolvers<string>();
    let isListening = false;
    const member: Member = {
      worker,
      closeJournal,
      clients,
      counts: undefined,
      counting: undefined,
      drained: Promise.withResolvers(),
    };
    this.#members.add(member);
    this.#watch.add(member);
    const onCrash = (reason: string) => {
      // One error may bring others with it.
      if (!this.#remove(member)) return;
      if (isListening) this.#replace(reason);
      else listening.reject(new Error(reason));
    };
    worker.onmessage = ({ data: news }: MessageEvent<WorkerNews>) => {
      if (news === "drained") member.drained.resolve();
      else if (news === "pong") this.#watch.heard(member);
      else if ("url" in news) {
        isListening = true;
        listening.resolve(news.url);
      } else if ("crash" in news) onCrash(news.crash);
      else if ("log" in news) this.#options.log(news.log);
      else if ("counts" in news) {
        member.counts = news.counts;
        member.counting?.resolve();
        member.counting = undefined;
      } else {
        const { failure, isAddrInUse } = news;
        this.#remove(member);
        listening.reject(
          isAddrInUse ? new Deno.errors.AddrInUse(failure) : new Error(failure),
        );
      }
    };
    worker.onerror = (event) => {
      event.preventDefault();
      onCrash(event.message);
    };
    const order: WorkerOrder = {
      start: {
        ...instance,
        sharesPort: true,
        maxStreams: Math.ceil(instance.maxStreams / count),
      },
      journal,
    };
    worker.postMessage(order, [journal]);
    return listening.promise;
  }

  /** Starts a worker in the place of one that crashed. */
  #replace(reason: string): void {
    if (this.#isDraining) return;
    this.#options.log(`a worker crashed, starting another: ${reason}`);
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#add({ ...this.#options.instance, port: this.port })
        .catch((error) => this.#replace(error.message));
    }, RESTART_MS);
    this.#restarts.add(timer);
  }

  /** Lets go of a worker, and tells whether it was there. */
  #remove(member: Member): boolean {
    if (!this.#members.delete(member)) return false;
    this.#watch.remove(member);
    if (member.counts) {
      this.#gone = [addCounts([...this.#gone, closed(member.counts)])];
    }
    member.counting?.resolve();
    member.worker.terminate();
    member.closeJournal();
    member.drained.resolve();
    return true;
  }

  /** What all have done; those that are gone, or do not answer, as far as they had said. */
  async #count(): Promise<Counts> {
    await Promise.all([...this.#members].map((member) => {
      if (!member.counting) {
        member.counting = Promise.withResolvers();
        member.worker.postMessage("count" satisfies WorkerOrder);
      }
      return atMost(PATIENCE_MS, member.counting.promise);
    }));
    const present = [...this.#members].flatMap(({ counts }) => counts ?? []);
    return addCounts([...this.#gone, ...present]);
  }

  #countClients(channel: string): number {
    let count = 0;
    for (const { clients } of this.#members) count += clients.get(channel) ?? 0;
    return count;
  }
}

function note(
  clients: Map<string, number>,
  channel: string,
  change: 1 | -1,
): void {
  const count = (clients.get(channel) ?? 0) + change;
  if (count > 0) clients.set(channel, count);
  else clients.delete(channel);
}

/** Whoever is gone has no streams. */
function closed(counts: Counts): Counts {
  return {
    ...counts,
    clock: { ...counts.clock, streams: 0 },
    channels: { ...counts.channels, streams: 0 },
  };
}
