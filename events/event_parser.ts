/** An event as it came over the wire. */
export interface StreamEvent {
  /** `message` where it names none. */
  type: string;
  data: string;
  /** Absent where the event itself brings none, as Chime's own status events do not. */
  id?: string;
}

/**
 * Parses one connection's bytes, however they are cut.
 *
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export class EventParser {
  /** The id to come back with. An event that was cut off does not count. */
  lastId: string;
  /** How long to wait before coming back, in ms, where the server said so. */
  retryMs: number | undefined;
  // Its own way with a byte order mark differs between platforms where a chunk, not the stream, begins with one.
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  /** The last character so far. */
  #last = "";
  /** The line that is not at its end yet. */
  #line = "";
  #type = "";
  #data = "";
  #id: string | undefined;

  constructor(lastId: string) {
    this.lastId = lastId;
  }

  /** Returns the events that the bytes complete. */
  push(bytes: Uint8Array): StreamEvent[] {
    let text = this.#decoder.decode(bytes, { stream: true });
    const last = text.at(-1);
    if (last === undefined) return [];
    // One mark may stand at the beginning, and a CRLF may be cut in two.
    if (this.#last === "") text = text.replace(/^\uFEFF/, "");
    if (this.#last === "\r") text = text.replace(/^\n/, "");
    this.#last = last;
    const lines = (this.#line + text).split(/\r\n|\r|\n/);
    this.#line = lines.pop()!;
    return lines.flatMap((line) => line ? this.#read(line) : this.#end());
  }

  #read(line: string): [] {
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data += `${value}\n`;
    else if (field === "event") this.#type = value;
    else if (field === "id") {
      if (!value.includes("\0")) this.#id = value;
    } else if (field === "retry" && /^\d+$/.test(value)) {
      this.retryMs = Number(value);
    }
    return [];
  }

  #end(): StreamEvent[] {
    const [type, data, id] = [this.#type, this.#data, this.#id];
    this.#type = this.#data = "";
    this.#id = undefined;
    this.lastId = id ?? this.lastId;
    if (!data) return [];
    return [{
      type: type || "message",
      data: data.slice(0, -1),
      ...id !== undefined && { id },
    }];
  }
}
