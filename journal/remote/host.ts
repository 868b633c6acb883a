import type { EventId } from "../../events/event_id.ts";
import { notingAhead } from "../ahead.ts";
import type { Journal, TailBatch } from "../journal.ts";
import { HostReader, type HostReaderOptions } from "./host_reader.ts";
import type { JournalCalls } from "./journal.ts";

/** Options for {@linkcode JournalHost}, for each of its readers. Beyond what may wait, a reader gets a skip. */
export type JournalHostOptions = Omit<HostReaderOptions, "onStop">;

/** Lends a journal to several other threads, each of which has a {@linkcode RemoteJournal}. */
export class JournalHost {
  /** The journal's methods that the other threads may call. */
  readonly calls: JournalCalls;
  readonly #journal: Journal;
  readonly #options: JournalHostOptions;
  readonly #readers = new Set<HostReader>();
  #last: EventId | undefined;

  constructor(journal: Journal, options: JournalHostOptions = {}) {
    this.#journal = journal;
    this.#options = options;
    this.calls = {
      append: (...args) => journal.append(...args),
      publish: (...args) => journal.publish(...args),
      read: (...args) => journal.read(...args),
      latest: (...args) => journal.latest(...args),
      changed: (...args) => journal.changed(...args),
      holdings: (...args) => journal.holdings(...args),
      set: (...args) => journal.set(...args),
      take: (...args) => journal.take(...args),
      list: (...args) => journal.list(...args),
      isReady: () => journal.isReady(),
    };
  }

  /** Sends the journal's one tail to all readers until the journal is closed. */
  async follow(): Promise<void> {
    for await (const batch of notingAhead(this.#journal.tail())) {
      this.#last = batch.last;
      for (const reader of this.#readers) reader.push(batch);
    }
  }

  /**
   * Sends the tail to one more reader, beginning where it stands now.
   *
   * @param read Takes the next batch. The reader must acknowledge each batch that it has taken in.
   */
  addReader(read: (batch: TailBatch) => void): HostReader {
    const reader: HostReader = new HostReader(read, {
      ...this.#options,
      onStop: () => this.#readers.delete(reader),
    });
    this.#readers.add(reader);
    // Before the tail's first batch this is not known; then that batch tells it.
    if (this.#last) reader.push({ records: [], last: this.#last });
    return reader;
  }
}
