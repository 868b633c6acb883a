import { concat } from "@std/bytes/concat";
import {
  type ServerSentEventMessage,
  ServerSentEventStream,
} from "@std/http/server-sent-event-stream";
import { InputError } from "./input_error.ts";

/** One event of an event stream, as UTF-8, with the blank line that ends it. */
export type Frame = Uint8Array<ArrayBuffer>;

/** The fields of a frame. */
export interface FrameFields {
  /** The event's type, without newlines and NULs. */
  event?: string | undefined;
  /** Any text. CR and CRLF reach the client as LF: in an event stream all newlines are the same. */
  data: string;
  /** Without newlines and NULs. */
  id?: string | undefined;
  /** The client's wait before it connects again, in ms: a whole number from 0. */
  retry?: number | undefined;
}

/** What a stream reports about itself: an event of type `status`, with the id of the place that it speaks of, if any. */
export type Status =
  | { state: "live" }
  | { state: "resumed"; replayed: number }
  | { state: "reset" }
  /** Events are missing: so many, where that is known. */
  | { state: "lagged"; missed?: number }
  | { state: "draining" }
  | { state: "overloaded" }
  | { state: "expired" };

// https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
const NEWLINE = /\r\n|\r|\n/g;
const UNCARRIABLE = /[\r\n\0]/;

const encoder = new TextEncoder();

/** A comment that keeps the connection of an idle stream open. A blank line would make an empty event for some clients. */
export const HEARTBEAT: Frame = encoder.encode(":\n");

/** Encodes frames with one `ServerSentEventStream`, in the order of the calls. */
export class FrameEncoder {
  readonly #writer: WritableStreamDefaultWriter<ServerSentEventMessage>;
  readonly #reader: ReadableStreamDefaultReader<Frame>;

  constructor() {
    const { readable, writable } = new ServerSentEventStream();
    this.#writer = writable.getWriter();
    this.#reader = readable.getReader();
  }

  /** @throws {InputError} where a field breaks a rule of {@linkcode checkFrame}. */
  async encode(fields: FrameFields): Promise<Frame> {
    checkFrame(fields);
    // ServerSentEventStream writes no space after the colon, and parsers strip one: without this one, a text that begins
    // with a space would lose it.
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
 * Checks that an event stream can carry the fields.
 *
 * @throws {InputError} for a newline or NUL in `event` or `id`, for a lone surrogate anywhere, which UTF-8 cannot encode,
 * and for a `retry` that is not a whole number from 0.
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

/**
 * Encodes a status event. Synchronous, unlike {@linkcode FrameEncoder}: it has no place in the order.
 *
 * @param id The place where the stream goes on, if the status speaks of one, else perhaps the id that the client came with.
 * Without newlines and NULs.
 */
export function encodeStatus(status: Status, id?: string): Frame {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return encoder.encode(
    `event: status\ndata: ${JSON.stringify(status)}\n${idLine}\n`,
  );
}

/** Draws a wait before the next connection, in ms, so that clients that lost theirs together do not come back together. */
export function drawRetryMs(): number {
  return 2_000 + Math.floor(Math.random() * 2_001);
}

/**
 * Encodes the line that a stream begins with. No blank line follows: some clients would make an empty event of it.
 *
 * @param retryMs The client's wait before it connects again, in ms.
 */
export function encodeRetry(retryMs: number): Frame {
  return encoder.encode(`retry:${retryMs}\n`);
}

const EVENT_FIELD = encoder.encode("event: ");

/**
 * The frame for a stream of several channels, with the type `channel`, or `channel#type` for an event with a type: no
 * channel's name has a `#`.
 */
export function withChannel(frame: Frame, channel: string): Frame {
  // A comment in the place of an event has no type, and no blank line to end one.
  if (frame === HEARTBEAT) return frame;
  // The encoder writes the type first.
  const typed = EVENT_FIELD.every((byte, i) => frame[i] === byte);
  return typed
    ? concat([
      encoder.encode(`event: ${channel}#`),
      frame.subarray(EVENT_FIELD.length),
    ])
    : concat([encoder.encode(`event: ${channel}\n`), frame]);
}
