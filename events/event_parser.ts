import { createParser } from "eventsource-parser";

/** An event as it came over the wire. */
export interface StreamEvent {
  /** `message` where the event names none. */
  type: string;
  data: string;
  /** Absent where the event has none, as some of Chime's own status events. */
  id?: string;
}

/**
 * Parses the bytes of one connection, however they are cut:
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventParser {
  /** The id to resume after. An event that the end cuts off does not count. */
  lastId: string;
  /** The wait before the next connection that the server asked for last, in ms, if any. */
  retryMs: number | undefined;
  // The parser drops the byte order mark that may begin the stream. Deno's decoder would drop one from a later chunk, too.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #parser = createParser({
    onId: (id) => {
      this.lastId = id;
    },
    onEvent: ({ event = "message", data, id }) => {
      this.#events.push({ type: event, data, ...id !== undefined && { id } });
    },
    onRetry: (ms) => {
      this.retryMs = ms;
    },
  });
  #events: StreamEvent[] = [];

  /** @param lastId The id that the connection was opened with, or nothing. */
  constructor(lastId: string) {
    this.lastId = lastId;
  }

  /** Returns the events that the bytes complete. */
  push(bytes: Uint8Array): StreamEvent[] {
    this.#parser.feed(this.#decoder.decode(bytes, { stream: true }));
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
