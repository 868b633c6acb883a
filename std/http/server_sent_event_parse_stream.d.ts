/** Types of `@std/http/server-sent-event-parse-stream`. https://jsr.io/@std/http */

/** A parsed event. A block that has only a comment becomes an event with `comment` alone. */
export interface ServerSentEventParsedMessage {
  comment?: string;
  event?: string;
  data?: string;
  id?: string;
  /** In ms. */
  retry?: number;
}

/** Parses UTF-8 chunks, however they are cut, into events. */
export class ServerSentEventParseStream extends TransformStream<
  Uint8Array<ArrayBuffer>,
  ServerSentEventParsedMessage
> {
  constructor(options?: { ignoreComments?: boolean });
}
