import type { AccessChange } from "../access/access.ts";
import type { Counts } from "../hub/counts.ts";
import { ChannelMap } from "../hub/channel_map.ts";
import { UnavailableError } from "../journal/history.ts";
import type { JournalHost } from "../journal/remote/host.ts";
import type { HostReader } from "../journal/remote/host_reader.ts";
import { forward } from "../log/log.ts";
import { Rpc } from "./rpc.ts";
import type { ServeOptions } from "./serve_options.ts";
import { type CountsPart, SharedCounts } from "./shared_counts.ts";
import type { MainThread, WorkerThread } from "./threads.ts";

/** Dependencies of a {@linkcode Member}. */
export interface MemberOptions
  extends Pick<MainThread, "countStreams" | "refreshJwtKeys"> {
  /** The module that the worker runs. */
  module: URL;
  /** Where it counts what it holds for readers, see `HeldSlots`. */
  slot: number;
  /** Lends the journal. */
  host: JournalHost;
  /** What all workers have done and hold now. */
  count(): Promise<Counts>;
  /** Called when the worker is broken and should be removed, perhaps several times. */
  onCrash(member: Member, reason: string): void;
  /** Where the worker counts its connections. */
  part: CountsPart;
}

/** One of the {@linkcode Workers}: its thread, and what is known of it. */
export class Member implements Disposable {
  readonly slot: number;
  /** Where the worker counts its connections. */
  readonly part: CountsPart;
  readonly #worker: Worker;
  readonly #rpc: Rpc<WorkerThread>;
  readonly #tail: HostReader;
  /** How many streams it has, by the names and patterns that they carry. */
  readonly #streams = new ChannelMap<number>();
  #counts: Counts | undefined;
  #crash: string | undefined;
  #isListening = false;

  constructor(
    {
      module,
      slot,
      host,
      countStreams,
      refreshJwtKeys,
      count,
      onCrash,
      part,
    }: MemberOptions,
  ) {
    this.slot = slot;
    this.part = part;
    this.#worker = new Worker(module, { type: "module" });
    const crash = (reason: string) => {
      this.#crash ??= reason;
      onCrash(this, reason);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      crash(event.message);
    };
    this.#rpc = new Rpc(
      this.#worker,
      {
        ...host.calls,
        tookBatches: (count) => this.#tail.acknowledge(count),
        countStreams,
        refreshJwtKeys,
        noteStream: (channels, change) => {
          for (const channel of channels) this.#noteStream(channel, change);
        },
        count,
        log: forward,
        crash,
      } satisfies MainThread,
    );
    this.#tail = host.addReader((batch) => this.#rpc.notify.onBatch(batch));
  }

  /** Whether it has begun to serve. */
  get isListening(): boolean {
    return this.#isListening;
  }

  /** What it has done and holds, when it was last asked. */
  get counts(): Counts | undefined {
    return this.#counts;
  }

  /**
   * Has it listen, and resolves with its URL.
   *
   * @throws {Deno.errors.AddrInUse} where the port is taken, and whatever else the system refuses.
   * @throws {Error} with the reason where it crashes instead.
   */
  async start(options: ServeOptions): Promise<string> {
    // A worker that crashed may have counted here.
    new SharedCounts(this.part).clear();
    try {
      const url = await this.#rpc.call.start(options, this.part);
      this.#isListening = true;
      return url;
    } catch (error) {
      throw this.#crash === undefined ? error : new Error(this.#crash);
    }
  }

  /** Replaces the tokens that it takes. */
  changeAccess(change: AccessChange): void {
    this.#rpc.notify.changeAccess(change);
  }

  /** Resolves when the thread answers, which a frozen one does not. */
  async ping(): Promise<void> {
    await unlessGone(this.#rpc.call.ping());
  }

  /** Asks what it has done and holds now, see {@linkcode Member.counts}. */
  async refreshCounts(): Promise<void> {
    this.#counts = await unlessGone(this.#rpc.call.count()) ?? this.#counts;
  }

  /** Has it end all streams, and resolves when they have ended. */
  async drain(): Promise<void> {
    await unlessGone(this.#rpc.call.drain());
  }

  /** Counts its streams that carry the channel. */
  streamsOf(channel: string): number {
    return this.#streams.about(channel).reduce((sum, n) => sum + n, 0);
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#tail.stop();
    this.#rpc[Symbol.dispose]();
    this.#worker.terminate();
    // Its connections have ended with it.
    new SharedCounts(this.part).clear();
  }

  #noteStream(channel: string, change: 1 | -1): void {
    const count = (this.#streams.get(channel) ?? 0) + change;
    if (count > 0) this.#streams.set(channel, count);
    else this.#streams.delete(channel);
  }
}

/** Resolves with the answer, or with nothing where the worker is removed before it has answered. */
async function unlessGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof UnavailableError) return undefined;
    throw error;
  }
}
