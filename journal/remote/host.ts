import type { EventId } from "../../events/event_id.ts";
import type { Journal, TailBatch } from "../journal.ts";
import type { JournalCalls } from "./journal.ts";

/** Lends a journal to several other threads, each of which has a {@linkcode RemoteJournal}. */
export class JournalHost {
  /** The journal's methods that the other threads may call. */
  readonly calls: JournalCalls;
  readonly #journal: Journal;
  readonly #readers = new Set<(batch: TailBatch) => void>();
  #last: EventId | undefined;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.calls = {
      append: (...args) => journal.append(...args),
      read: (...args) => journal.read(...args),
      latest: (...args) => journal.latest(...args),
      floor: () => journal.floor(),
      isReady: () => journal.isReady(),
    };
  }

  /** Sends the journal's one tail to all readers until the journal is closed. */
  async follow(): Promise<void> {
    for await (const batch of this.#journal.tail()) {
      this.#last = batch.last;
      for (const read of this.#readers) read(batch);
    }
  }

  /**
   * Sends the tail to one more reader, beginning where it stands now.
   *
   * @returns A function that stops sending.
   */
  addReader(read: (batch: TailBatch) => void): () => void {
    this.#readers.add(read);
    // Before the tail's first batch this is not known; then that batch tells it.
    if (this.#last) read({ events: [], last: this.#last });
    return () => this.#readers.delete(read);
  }
}
