import type { EventId } from "../../events/event_id.ts";
import type { Journal } from "../journal.ts";
import { Outbox } from "./outbox.ts";
import type { JournalCall, JournalMethod, JournalNews } from "./journal.ts";

/** What answers questions, by their names. */
export type Answers = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Lends a journal to other threads: answers their calls, and hands its one tail on to all of them. */
export class JournalHost {
  readonly #journal: Journal;
  readonly #outboxes = new Set<Outbox<JournalNews>>();
  #last: EventId | undefined;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Hands the tail on until the journal is closed. */
  async follow(): Promise<void> {
    for await (const batch of this.#journal.tail()) {
      this.#last = batch.last;
      for (const outbox of this.#outboxes) outbox.push({ batch });
    }
  }

  /**
   * Makes a port for a {@linkcode PortJournal}, whose tail begins where this one stands.
   *
   * @param others What answers all that is no journal's, see {@linkcode PortJournal.ask}.
   */
  open(others: Answers): { port: MessagePort; close(): void } {
    const { port1: own, port2: port } = new MessageChannel();
    const outbox = new Outbox<JournalNews>((news) => own.postMessage(news));
    own.onmessage = ({ data }: MessageEvent<JournalCall[]>) => {
      for (const call of data) {
        this.#answer(call, others).then((answer) => outbox.push(answer));
      }
    };
    this.#outboxes.add(outbox);
    // Otherwise the tail's first batch will tell.
    if (this.#last) outbox.push({ batch: { events: [], last: this.#last } });
    return {
      port,
      close: () => {
        this.#outboxes.delete(outbox);
        own.close();
      },
    };
  }

  async #answer(
    { call, method, args }: JournalCall,
    others: Answers,
  ): Promise<JournalNews> {
    try {
      return { call, value: await this.#ask(method, args, others) };
    } catch (error) {
      const { name, message } = error as Error;
      return { call, error: { name, message } };
    }
  }

  #ask(method: string, args: readonly unknown[], others: Answers): unknown {
    // The other end calls with the arguments that the method takes.
    const ask = (others[method] ??
      this.#journal[method as JournalMethod]) as (
        ...args: unknown[]
      ) => unknown;
    return ask.apply(this.#journal, [...args]);
  }
}
