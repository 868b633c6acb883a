import {
  type ServerSentEventParsedMessage,
  ServerSentEventParseStream,
} from "@std/http/server-sent-event-parse-stream";
import { within } from "./within.ts";

/** Reads a stream event by event, without `EventSource`. */
export class EventReader implements AsyncDisposable {
  #isCut = false;
  readonly #reader: ReadableStreamDefaultReader<ServerSentEventParsedMessage>;

  constructor(body: ReadableStream<Uint8Array<ArrayBuffer>>) {
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
    return (await within(this.#reader.read())).value;
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
