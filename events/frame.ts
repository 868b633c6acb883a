import {
  type ServerSentEventMessage,
  ServerSentEventStream,
} from "@std/http/server-sent-event-stream";
import { concat } from "./concat.ts";
import { InputError } from "./input_error.ts";

/** One event's block of an event stream, as UTF-8, with the blank line that ends it. */
export type Frame = Uint8Array<ArrayBuffer>;

/** What a frame can say. */
export interface FrameFields {
  /** The event's type: no newline, no NUL. */
  event?: string | undefined;
  /** Any text. CR and CRLF reach the client as LF: an event stream has one kind of newline. */
  data: string;
  /** No newline, no NUL. */
  id?: string | undefined;
  /** How long a client waits before it connects again, in ms: a whole number, at least 0. */
  retry?: number | undefined;
}

/** What a stream says of itself, as an event of type `status` without an id. */
export type Status =
  | { state: "resumed"; replayed: number }
  | { state: "reset" }
  | { state: "lagged"; missed: number }
  | { state: "draining" }
  | { state: "overloaded" };

// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
const NEWLINE = /\r\n|\r|\n/g;
const UNCARRIABLE = /[\r\n\0]/;

const encoder = new TextEncoder();

/** A comment that keeps an idle stream's connection open. */
export const HEARTBEAT: Frame = encoder.encode(":\n\n");

/** Encodes frames with one `ServerSentEventStream`, in the order of the calls. */
export class FrameEncoder {
  readonly #writer: WritableStreamDefaultWriter<ServerSentEventMessage>;
  readonly #reader: ReadableStreamDefaultReader<Frame>;

  constructor() {
    const { readable, writable } = new ServerSentEventStream();
    this.#writer = writable.getWriter();
    this.#reader = readable.getReader();
  }

  /** @throws {InputError} where the fields cannot be carried, see {@linkcode checkFrame}. */
  async encode(fields: FrameFields): Promise<Frame> {
    checkFrame(fields);
    // The stream writes no space after the colon and a parser strips one: without ours, a text's own would be lost.
    const message: ServerSentEventMessage = {
      data: " " + fields.data.replace(NEWLINE, "\n "),
    };
    if (fields.event) message.event = " " + fields.event;
    if (fields.id !== undefined) message.id = " " + fields.id;
    if (fields.retry !== undefined) message.retry = fields.retry;
    const [{ value }] = await Promise.all([
      this.#reader.read(),
      this.#writer.write(message),
    ]);
    return value!;
  }
}

/**
 * Refuses what an event stream cannot carry.
 *
 * @throws {InputError} for a newline or NUL in `event` or `id`, for a lone surrogate anywhere, as UTF-8 has none, and for
 * a `retry` that is not a whole number from 0.
 */
export function checkFrame({ event, data, id, retry }: FrameFields): void {
  for (const [name, value] of Object.entries({ event, data, id })) {
    if (value === undefined) continue;
    if (!value.isWellFormed()) {
      throw new InputError(
        `Cannot encode ${name} ${JSON.stringify(value)}: ` +
          "text must be well-formed, without a lone surrogate",
      );
    }
    if (name !== "data" && UNCARRIABLE.test(value)) {
      throw new InputError(
        `Cannot encode ${name} ${JSON.stringify(value)}: ` +
          `${name} must hold no newline and no NUL`,
      );
    }
  }
  if (retry !== undefined && !(Number.isSafeInteger(retry) && retry >= 0)) {
    throw new InputError(
      `Cannot encode retry ${retry}: retry must be a whole number of ms, at least 0`,
    );
  }
}

/** Encodes a status event at once: it is made for one client, outside the order of events. */
export function encodeStatus(status: Status): Frame {
  return encoder.encode(`event: status\ndata: ${JSON.stringify(status)}\n\n`);
}

/** A wait before the next connection, in ms, drawn so that clients who were cut together do not come back together. */
export function drawRetryMs(): number {
  return 2_000 + Math.floor(Math.random() * 2_001);
}

/**
 * The line that a stream begins with. No blank line follows: some clients would make an empty event of it.
 *
 * @param retryMs How long the client waits before it connects again, in ms.
 */
export function encodeRetry(retryMs: number): Frame {
  return encoder.encode(`retry:${retryMs}\n`);
}

const EVENT_FIELD = encoder.encode("event: ");

/** The frame as a stream of several channels carries it: its type is the channel, or `channel:type`. */
export function withChannel(frame: Frame, channel: string): Frame {
  // Fields stand in a fixed order: a frame that has a type begins with it.
  const typed = EVENT_FIELD.every((byte, i) => frame[i] === byte);
  return typed
    ? concat([
      encoder.encode(`event: ${channel}:`),
      frame.subarray(EVENT_FIELD.length),
    ])
    : concat([encoder.encode(`event: ${channel}\n`), frame]);
}
