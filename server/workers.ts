import type { AccessChange } from "../access/access.ts";
import { addCounts, type Counts, withoutStreams } from "../hub/counts.ts";
import { JournalHost } from "../journal/remote/host.ts";
import { log } from "../log/log.ts";
import { HeldSlots } from "./held_slots.ts";
import { maxWaiting } from "./max_waiting.ts";
import { Member } from "./member.ts";
import type { ServeOptions } from "./serve_options.ts";
import { DRAIN_MS } from "./serving.ts";
import { settlesWithin } from "./settles_within.ts";
import { shareCounts, type SharedMemory } from "./shared_counts.ts";
import { WorkerWatch } from "./worker_watch.ts";
import type { WorkersOptions } from "./workers_options.ts";

/** How long to wait before a crashed worker is replaced, in ms, so that one that crashes at once does not spin. */
const RESTART_MS = 200;

/** How long a worker may take to answer, in ms. */
const PATIENCE_MS = 1_000;

/**
 * Several threads that serve one port, each with a hub of its own, over the one journal in the main thread. The system
 * spreads connections over them. One that crashes is replaced; its clients come back to any of them, and resume there.
 */
export class Workers {
  readonly #options: WorkersOptions;
  #serve: ServeOptions;
  readonly #host: JournalHost;
  readonly #memory: SharedMemory;
  readonly #members = new Set<Member>();
  readonly #watch = new WorkerWatch<Member>({
    ping: (member) => member.ping(),
    onFrozen: (member) => {
      // The end must not wait for it.
      this.#remove(member);
      this.#options.onFrozen("a worker has been silent for 10 s");
    },
  });
  readonly #restarts = new Set<ReturnType<typeof setTimeout>>();
  /** Counts of workers that have exited. */
  #gone: Counts[] = [];
  readonly #slots: HeldSlots;
  #url = "";
  #isDraining = false;

  private constructor(options: WorkersOptions) {
    this.#options = options;
    const { count, journal, serve } = options;
    this.#serve = serve;
    this.#slots = new HeldSlots(count);
    this.#host = new JournalHost(journal, {
      maxWaitingBytes: maxWaiting(serve.maxMemoryBytes, count),
      held: this.#slots.main,
    });
    this.#memory = shareCounts(count, serve.limits.maxConnections);
  }

  /**
   * Starts the workers, and resolves when all of them listen.
   *
   * @throws {Deno.errors.AddrInUse} where the port is taken, and whatever else the system refuses.
   */
  static async start(options: WorkersOptions): Promise<Workers> {
    const { hostname, port } = options.serve;
    // Another process that shares the port, too, would go unnoticed.
    Deno.listen({ hostname, port }).close();
    const workers = new Workers(options);
    // Left floating on purpose: the tail ends with the journal, and if it fails, the process does.
    workers.#host.follow();
    // For port 0, the system chooses the first worker's port; the others share that.
    workers.#url = await workers.#add(port);
    const others = Array.from(
      { length: options.count - 1 },
      () => workers.#add(workers.port),
    );
    await Promise.all(others);
    log.info("the workers listen", { workers: options.count });
    return workers;
  }

  /** Where the workers are reached, as a URL with a path of `/`. */
  get url(): string {
    return this.#url;
  }

  get port(): number {
    return Number(new URL(this.#url).port || 80);
  }

  /** Takes what has changed of the access, also for workers that are started later. */
  changeAccess(change: AccessChange): void {
    this.#serve = {
      ...this.#serve,
      access: { ...this.#serve.access, ...change },
    };
    for (const member of this.#members) member.changeAccess(change);
  }

  /** Tells every client that it must go, and resolves when they are gone or have had time enough. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#watch[Symbol.dispose]();
    for (const timer of this.#restarts) clearTimeout(timer);
    await Promise.all([...this.#members].map(async (member) => {
      const isDrained = await settlesWithin(
        DRAIN_MS + PATIENCE_MS,
        member.drain(),
      );
      if (!isDrained) log.warn("a worker did not drain, ending it");
      this.#remove(member);
    }));
  }

  /** Adds a worker, and resolves with its URL when it listens. */
  async #add(port: number): Promise<string> {
    const { module, count, accessCalls } = this.#options;
    const serve = this.#serve;
    const slot = this.#slots.take();
    const member = new Member({
      slot,
      module: module ?? new URL("./worker.ts", import.meta.url),
      host: this.#host,
      refreshJwtKeys: async () => await accessCalls?.refreshJwtKeys() ?? true,
      countStreams: (channel) => this.#countStreams(channel),
      count: () => this.#count(),
      onCrash: (member, reason) => this.#onCrash(member, reason),
      part: { memory: this.#memory, thread: slot - 1 },
    });
    this.#members.add(member);
    this.#watch.add(member);
    try {
      return await member.start({
        ...serve,
        port,
        sharesPort: true,
        // They know when they hold too much only when they add to it, so the main thread's part is left to it.
        maxMemoryBytes: serve.maxMemoryBytes -
          count * maxWaiting(serve.maxMemoryBytes, count),
        held: { buffer: this.#slots.buffer, slot },
      });
    } catch (error) {
      this.#remove(member);
      throw error;
    }
  }

  #onCrash(member: Member, reason: string): void {
    // One error may bring others with it.
    if (!this.#remove(member)) return;
    if (member.isListening) this.#replace(reason);
  }

  /** Starts a worker in the place of one that crashed. */
  #replace(reason: string): void {
    if (this.#isDraining) return;
    log.error("a worker crashed, starting another", { reason });
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#add(this.port).then(
        () => log.info("a worker was started in its place"),
        (error) => this.#replace(error.message),
      );
    }, RESTART_MS);
    this.#restarts.add(timer);
  }

  /** Removes a worker, and returns whether it was there. */
  #remove(member: Member): boolean {
    if (!this.#members.delete(member)) return false;
    this.#watch.remove(member);
    if (member.counts) {
      this.#gone = [addCounts([...this.#gone, withoutStreams(member.counts)])];
    }
    member[Symbol.dispose]();
    this.#slots.give(member.slot);
    return true;
  }

  /** What all workers have done; those that have exited or do not answer, as far as they had said. */
  async #count(): Promise<Counts> {
    await Promise.all(
      [...this.#members].map((member) =>
        settlesWithin(PATIENCE_MS, member.refreshCounts())
      ),
    );
    const present = [...this.#members].flatMap(({ counts }) => counts ?? []);
    return addCounts([...this.#gone, ...present]);
  }

  #countStreams(channel: string): number {
    let count = 0;
    for (const member of this.#members) count += member.streamsOf(channel);
    return count;
  }
}
