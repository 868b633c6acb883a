import type { EventId } from "../../events/event_id.ts";
import type { ChannelEvent } from "../../events/message.ts";
import type { Journal, TailBatch } from "../journal.ts";

/** What can be asked of a journal in another thread: all but its tail. */
export type JournalCalls = Pick<
  Journal,
  "append" | "read" | "latest" | "floor" | "isReady"
>;

/** A journal that is in another thread. There, a {@linkcode JournalHost} sends the tail. */
export class RemoteJournal implements Journal {
  readonly #far: JournalCalls;
  readonly #disconnect: () => void;
  readonly #batches: TailBatch[] = [];
  #hasBatches = Promise.withResolvers<void>();
  #isOpen = true;

  /**
   * @param far Calls the journal in the other thread.
   * @param disconnect Rejects the calls that are still unanswered, and all later ones.
   */
  constructor(far: JournalCalls, disconnect: () => void) {
    this.#far = far;
    this.#disconnect = disconnect;
  }

  append(...args: Parameters<Journal["append"]>): Promise<EventId[]> {
    return this.#far.append(...args);
  }

  read(...args: Parameters<Journal["read"]>): ReturnType<Journal["read"]> {
    return this.#far.read(...args);
  }

  latest(
    ...args: Parameters<Journal["latest"]>
  ): ReturnType<Journal["latest"]> {
    return this.#far.latest(...args);
  }

  floor(): Promise<EventId> {
    return this.#far.floor();
  }

  isReady(): Promise<boolean> {
    return this.#far.isReady();
  }

  /** Takes the next batch of the other journal's tail. The first one tells where that tail stands. */
  onBatch(batch: TailBatch): void {
    this.#batches.push(batch);
    this.#hasBatches.resolve();
  }

  /** The one tail. It brings every batch since the journal was made. */
  async *tail(): AsyncGenerator<TailBatch> {
    while (this.#isOpen) {
      await this.#hasBatches.promise;
      this.#hasBatches = Promise.withResolvers();
      yield* join(this.#batches.splice(0));
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    this.#hasBatches.resolve();
    this.#disconnect();
    return Promise.resolve();
  }
}

/** Joins the batches that came while the reader was busy: one large batch costs less than many small ones. */
function* join(batches: readonly TailBatch[]): Generator<TailBatch> {
  const [first, ...others] = batches;
  // The first one of all tells where the tail begins. Its events are older than that, and must not be joined to others.
  if (first) yield first;
  let events: ChannelEvent[] = [];
  for (const [i, batch] of others.entries()) {
    for (const event of batch.events) events.push(event);
    const next = others[i + 1];
    if (!batch.isReset && next && !next.isReset) continue;
    yield { ...batch, events };
    events = [];
  }
}
