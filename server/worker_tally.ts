import type { Counts } from "../hub/counts.ts";
import type { RefusedReason } from "../hub/refused.ts";
import type { Tally } from "../routes/services.ts";
import type { Calls } from "./rpc.ts";
import type { ThreadTally } from "./thread_tally.ts";
import type { MainThread } from "./threads.ts";

/** The main thread's part in the tally. */
export type TallyCalls = Pick<
  Calls<MainThread>,
  "countStreams" | "noteStream" | "count"
>;

/** Counts of all workers together, which the main thread adds up. */
export class WorkerTally implements Tally {
  readonly #own: ThreadTally;
  readonly #main: TallyCalls;
  #counted: Promise<void> = Promise.resolve();

  /**
   * @param own Counts of this thread.
   * @param main Calls the main thread.
   */
  constructor(own: ThreadTally, main: TallyCalls) {
    this.#own = own;
    this.#main = main;
  }

  countStreams(channel: string): Promise<number> {
    return this.#main.countStreams(channel);
  }

  /** Notes that a stream of the channels and patterns has opened (1) or closed (-1). */
  noteStream(channels: readonly string[], change: 1 | -1): void {
    this.#counted = this.#main.noteStream(channels, change);
  }

  counted(): Promise<void> {
    return this.#counted;
  }

  notePublished(messages: number): void {
    this.#own.notePublished(messages);
  }

  noteRefused(reason: RefusedReason): void {
    this.#own.noteRefused(reason);
  }

  count(): Promise<Counts> {
    return this.#main.count();
  }
}
