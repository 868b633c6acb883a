import {
  type ServerSentEventParsedMessage,
  ServerSentEventParseStream,
} from "@std/http/server-sent-event-parse-stream";
import { within } from "./within.ts";

/** Says that a fresh stream has begun. */
const LIVE = '{"state":"live"}';

/** Reads a stream event by event, without `EventSource`. It passes over the status `live`, unless it is to bring that, too. */
export class EventReader implements AsyncDisposable {
  #isCut = false;
  #retry: ServerSentEventParsedMessage["retry"];
  readonly #reader: ReadableStreamDefaultReader<ServerSentEventParsedMessage>;

  readonly #hasLive: boolean;

  constructor(
    body: ReadableStream<Uint8Array<ArrayBuffer>>,
    { hasLive = false } = {},
  ) {
    this.#hasLive = hasLive;
    this.#reader = body.pipeThrough(new ServerSentEventParseStream())
      .getReader();
  }

  /** Requests the stream. @throws {Error} for any status but 200. */
  static async open(
    url: string | URL,
    init?: RequestInit,
  ): Promise<EventReader> {
    const response = await fetch(url, init);
    if (response.status !== 200) {
      throw new Error(`${response.status}: ${await response.text()}`);
    }
    return new EventReader(response.body!);
  }

  /** Returns the next event; `undefined` when the stream has ended. */
  async next(): Promise<ServerSentEventParsedMessage | undefined> {
    const { value } = await within(this.#reader.read());
    if (!value || this.#hasLive) return value;
    const retry = value.retry ?? this.#retry;
    this.#retry = undefined;
    if (value.event !== "status" || value.data !== LIVE) {
      return retry === undefined ? value : { ...value, retry };
    }
    this.#retry = retry;
    return await this.next();
  }

  /** Returns the next events; fewer if the stream ends before. */
  async take(count: number): Promise<ServerSentEventParsedMessage[]> {
    const events = [];
    while (events.length < count) {
      const event = await this.next();
      if (!event) break;
      events.push(event);
    }
    return events;
  }

  /** Reads the stream to its end. */
  async rest(): Promise<ServerSentEventParsedMessage[]> {
    return await this.take(Infinity);
  }

  /** Reads the stream until it ends or its connection is closed, as that of a refused stream is. */
  async untilClosed(): Promise<ServerSentEventParsedMessage[]> {
    const events = [];
    try {
      for (let event; (event = await this.next());) events.push(event);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#isCut = true;
    }
    return events;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isCut) return;
    await this.#reader.cancel();
  }
}
