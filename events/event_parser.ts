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
 *
 * It is written by hand because every page loads it: `eventsource-parser`, which the tests compare it with, takes four
 * times the bytes.
 */
export class EventParser {
  /** The id to resume after. An event that the end cuts off does not count. */
  lastId: string;
  /** The wait before the next connection that the server asked for last, in ms, if any. */
  retryMs: number | undefined;
  // Deno's decoder drops a byte order mark from a later chunk, too, so the parser drops that of the beginning itself.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  #isBegun = false;
  /** Whether the last chunk ended with CR, to which a LF that begins the next one belongs. */
  #hasCr = false;
  /** The beginning of a line whose end is yet to come. */
  #line = "";
  #type = "";
  #data: string | undefined;
  #id: string | undefined;

  /** @param lastId The id that the connection was opened with, or nothing. */
  constructor(lastId: string) {
    this.lastId = lastId;
  }

  /** Returns the events that the bytes complete. */
  push(bytes: Uint8Array): StreamEvent[] {
    return [...this.read(bytes)];
  }

  /** Yields the events that the bytes complete. At each, `lastId` is the id to resume after it. */
  *read(bytes: Uint8Array): Generator<StreamEvent, void> {
    let text = this.#decoder.decode(bytes, { stream: true });
    if (!text) return;
    if (!this.#isBegun) text = text.replace(/^\uFEFF/, "");
    if (this.#hasCr) text = text.replace(/^\n/, "");
    this.#isBegun = true;
    this.#hasCr = text.endsWith("\r");
    const [rest, ...lines] = text.split(/\r\n|\r|\n/);
    this.#line += rest;
    for (const line of lines) {
      const event = this.#take(this.#line);
      this.#line = line;
      if (event) yield event;
    }
  }

  /** Takes a whole line. Returns the event that it ends, if any. */
  #take(line: string): StreamEvent | undefined {
    return line ? this.#field(line) : this.#end();
  }

  #field(line: string): undefined {
    // A comment has an empty name.
    const [, name, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line)!;
    if (name === "event") this.#type = value;
    else if (name === "data") {
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (name === "id" && !value.includes("\0")) this.#id = value;
    else if (name === "retry" && /^\d+$/.test(value)) {
      this.retryMs = Number(value);
    }
  }

  #end(): StreamEvent | undefined {
    const [type, data, id] = [this.#type || "message", this.#data, this.#id];
    this.#type = "";
    this.#data = this.#id = undefined;
    this.lastId = id ?? this.lastId;
    return data === undefined
      ? undefined
      : { type, data, ...id !== undefined && { id } };
  }
}
