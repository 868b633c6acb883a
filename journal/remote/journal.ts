import type { EventId } from "../../events/event_id.ts";
import type { Journal, Published, TailBatch } from "../journal.ts";
import { TailQueue } from "../tail_queue.ts";

/** What can be asked of a journal in another thread: all but its tail. */
export type JournalCalls = Omit<Journal, "tail" | typeof Symbol.asyncDispose>;

/** How a {@linkcode RemoteJournal} is connected. */
export interface RemoteJournalOptions {
  /** Notes that so many batches of the tail were taken in, see `HostReader.acknowledge`. */
  acknowledge(count: number): void;
  /** Rejects the calls that are still unanswered, and all later ones. */
  disconnect(): void;
}

/** A journal that is in another thread. There, a {@linkcode JournalHost} sends the tail. */
export class RemoteJournal implements Journal {
  readonly #far: JournalCalls;
  readonly #disconnect: () => void;
  readonly #tail: TailQueue;

  /** @param far Calls the journal in the other thread. */
  constructor(
    far: JournalCalls,
    { acknowledge, disconnect }: RemoteJournalOptions,
  ) {
    this.#far = far;
    this.#disconnect = disconnect;
    // What waits here is not acknowledged, and so bounded in the other thread.
    this.#tail = new TailQueue({ maxBytes: Infinity, onTaken: acknowledge });
  }

  append(...args: Parameters<Journal["append"]>): Promise<EventId[]> {
    return this.#far.append(...args);
  }

  publish(...args: Parameters<Journal["publish"]>): Promise<Published> {
    return this.#far.publish(...args);
  }

  read(...args: Parameters<Journal["read"]>): ReturnType<Journal["read"]> {
    return this.#far.read(...args);
  }

  latest(
    ...args: Parameters<Journal["latest"]>
  ): ReturnType<Journal["latest"]> {
    return this.#far.latest(...args);
  }

  changed(
    ...args: Parameters<Journal["changed"]>
  ): ReturnType<Journal["changed"]> {
    return this.#far.changed(...args);
  }

  holdings(
    ...args: Parameters<Journal["holdings"]>
  ): ReturnType<Journal["holdings"]> {
    return this.#far.holdings(...args);
  }

  set(...args: Parameters<Journal["set"]>): ReturnType<Journal["set"]> {
    return this.#far.set(...args);
  }

  take(...args: Parameters<Journal["take"]>): ReturnType<Journal["take"]> {
    return this.#far.take(...args);
  }

  list(...args: Parameters<Journal["list"]>): ReturnType<Journal["list"]> {
    return this.#far.list(...args);
  }

  isReady(): Promise<boolean> {
    return this.#far.isReady();
  }

  /** Takes the next batch of the other journal's tail. The first one tells where that tail stands. */
  onBatch(batch: TailBatch): void {
    this.#tail.push(batch);
  }

  /** The one tail. It brings every batch since the journal was made. */
  tail(): AsyncIterable<TailBatch> {
    return this.#tail;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#tail.close();
    this.#disconnect();
    return Promise.resolve();
  }
}
