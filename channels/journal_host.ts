import type { EventId } from "./event_id.ts";
import { UnavailableError } from "./history.ts";
import type { Journal } from "./journal.ts";
import type {
  JournalCall,
  JournalMethod,
  JournalNews,
} from "./port_journal.ts";

/** What answers questions, by their names. */
export type Answers = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Lends a journal to other threads: answers their calls, and hands its one tail on to all of them. */
export class JournalHost {
  readonly #journal: Journal;
  readonly #others: Answers;
  readonly #ports = new Set<MessagePort>();
  #last: EventId | undefined;

  /** @param others What answers all that is no journal's, see {@linkcode PortJournal.ask}. */
  constructor(journal: Journal, others: Answers) {
    this.#journal = journal;
    this.#others = others;
  }

  /** Hands the tail on until the journal is closed. */
  async follow(): Promise<void> {
    for await (const batch of this.#journal.tail()) {
      this.#last = batch.last;
      for (const port of this.#ports) send(port, { batch });
    }
  }

  /** Makes a port for a {@linkcode PortJournal}, whose tail begins where this one stands. */
  open(): { port: MessagePort; close(): void } {
    const { port1: own, port2: port } = new MessageChannel();
    own.onmessage = async ({ data }: MessageEvent<JournalCall>) =>
      send(own, await this.#answer(data));
    this.#ports.add(own);
    // Otherwise the tail's first batch will tell.
    if (this.#last) send(own, { batch: { events: [], last: this.#last } });
    return {
      port,
      close: () => {
        this.#ports.delete(own);
        own.close();
      },
    };
  }

  async #answer({ call, method, args }: JournalCall): Promise<JournalNews> {
    try {
      return { call, value: await this.#ask(method, args) };
    } catch (error) {
      const { message } = error as Error;
      const isUnavailable = error instanceof UnavailableError;
      return { call, error: { message, isUnavailable } };
    }
  }

  #ask(method: string, args: readonly unknown[]): unknown {
    // The other end calls with the arguments that the method takes.
    const ask = (this.#others[method] ??
      this.#journal[method as JournalMethod]) as (
        ...args: unknown[]
      ) => unknown;
    return ask.apply(this.#journal, [...args]);
  }
}

function send(port: MessagePort, news: JournalNews): void {
  port.postMessage(news);
}
