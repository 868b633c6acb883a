import type { AccessCalls, AccessChange } from "../access/access.ts";
import type { Counts } from "../hub/counts.ts";
import type { TailBatch } from "../journal/journal.ts";
import type { JournalCalls } from "../journal/remote/journal.ts";
import type { LogRecord } from "../log/record.ts";
import type { ServeOptions } from "./serve_options.ts";
import type { CountsPart } from "./shared_counts.ts";

/** What a worker calls in the main thread, which has the journal and knows all workers. */
export interface MainThread extends JournalCalls, AccessCalls {
  /** Notes that the worker has taken in so many batches of the tail. */
  tookBatches(count: number): void;
  /** Counts the streams of all workers that carry the channel. */
  countStreams(channel: string): number;
  /** Notes that one of the worker's streams of the channels and patterns has opened (1) or closed (-1). */
  noteStream(channels: readonly string[], change: 1 | -1): void;
  /** What all workers have done and hold now. */
  count(): Promise<Counts>;
  /** Writes a line of the log. */
  log(record: LogRecord): void;
  /** Has the worker replaced, as an error that nothing caught has broken it. */
  crash(reason: string): void;
}

/** What the main thread calls in a worker. All but `onBatch` come after `start`. */
export interface WorkerThread {
  /**
   * Listens, and resolves with the URL.
   *
   * @param counts Where it counts its connections.
   * @throws {Deno.errors.AddrInUse} where the port is taken, and whatever else the system refuses.
   */
  start(options: ServeOptions, counts: CountsPart): Promise<string>;
  /** Takes the next batch of the journal's tail. */
  onBatch(batch: TailBatch): void;
  /** Takes what has changed of the access. */
  changeAccess(change: AccessChange): void;
  /** Answers if the thread is not frozen. */
  ping(): void;
  /** What the worker has done and holds now. */
  count(): Promise<Counts>;
  /** Ends all streams, and resolves when their clients have been told or have had time enough. */
  drain(): Promise<void>;
}
