import { BatchTooLargeError } from "../batch_limit.ts";
import type { EventId } from "../../events/event_id.ts";
import {
  type LatestQuery,
  type Reading,
  type ReadLimits,
  type ReadQuery,
  UnavailableError,
  UnreadableError,
} from "../history.ts";
import type { Journal, TailBatch } from "../journal.ts";
import type { ChannelEvent, Message } from "../../events/message.ts";
import { Outbox } from "./outbox.ts";

/** What can be asked behind a port. */
export type JournalMethod =
  | "append"
  | "read"
  | "latest"
  | "floor"
  | "isReady";

/** A question to the journal's end of the port. */
export interface JournalCall {
  call: number;
  /** One of the journal's, or whatever else that end answers. */
  method: string;
  args: readonly unknown[];
}

/** What comes from the journal's end of the port: an answer, or the tail. */
export type JournalNews =
  | { call: number; value: unknown }
  | { call: number; error: { name: string; message: string } }
  | { batch: TailBatch };

/** The errors that callers tell apart, by name: a class does not pass through a port. */
const ERRORS: ReadonlyMap<string, new (message: string) => Error> = new Map([
  ["UnavailableError", UnavailableError],
  ["UnreadableError", UnreadableError],
  ["BatchTooLargeError", BatchTooLargeError],
]);

/** A journal that is in another thread, see {@linkcode JournalHost}. */
export class PortJournal implements Journal {
  readonly #port: MessagePort;
  readonly #outbox: Outbox<JournalCall>;
  readonly #calls = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #batches: TailBatch[] = [];
  #hasNews = Promise.withResolvers<void>();
  #isOpen = true;
  #lastCall = 0;

  /** @param port Its other end is a {@linkcode JournalHost}'s. */
  constructor(port: MessagePort) {
    this.#port = port;
    this.#outbox = new Outbox((calls) => port.postMessage(calls));
    port.onmessage = ({ data }: MessageEvent<JournalNews[]>) => {
      for (const news of data) this.#hear(news);
    };
  }

  append(messages: readonly Message[]): Promise<EventId[]> {
    return this.#call("append", messages);
  }

  read(query: ReadQuery, limits: ReadLimits): Promise<Reading | undefined> {
    return this.#call("read", query, limits);
  }

  latest(query: LatestQuery, limits: ReadLimits): Promise<Reading> {
    return this.#call("latest", query, limits);
  }

  floor(): Promise<EventId> {
    return this.#call("floor");
  }

  isReady(): Promise<boolean> {
    return this.#call("isReady");
  }

  /** Asks for something that is not the journal's. */
  ask<T>(question: string, ...args: unknown[]): Promise<T> {
    return this.#call(question, ...args);
  }

  /** The one tail of the port: it brings all since the port was made. */
  async *tail(): AsyncGenerator<TailBatch> {
    while (this.#isOpen) {
      await this.#hasNews.promise;
      this.#hasNews = Promise.withResolvers();
      yield* join(this.#batches.splice(0));
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#isOpen = false;
    this.#hasNews.resolve();
    this.#port.close();
    for (const { reject } of this.#calls.values()) {
      reject(new UnavailableError("The journal is closed"));
    }
    this.#calls.clear();
    return Promise.resolve();
  }

  async #call<T>(method: string, ...args: unknown[]): Promise<T> {
    if (!this.#isOpen) throw new UnavailableError("The journal is closed");
    const answer = Promise.withResolvers<unknown>();
    const call = ++this.#lastCall;
    this.#calls.set(call, answer);
    this.#outbox.push({ call, method, args });
    return await answer.promise as T;
  }

  #hear(news: JournalNews): void {
    if ("batch" in news) {
      this.#batches.push(news.batch);
      this.#hasNews.resolve();
      return;
    }
    const answer = this.#calls.get(news.call);
    // One may still be on its way when the journal is closed.
    if (!answer) return;
    this.#calls.delete(news.call);
    if ("value" in news) answer.resolve(news.value);
    else {
      const { name, message } = news.error;
      answer.reject(new (ERRORS.get(name) ?? Error)(message));
    }
  }
}

/** Makes one batch of those that came while the reader was busy, so that it catches up at less cost for each. */
function* join(batches: readonly TailBatch[]): Generator<TailBatch> {
  const [first, ...others] = batches;
  // The first may be the tail's own, whose events do not count.
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
