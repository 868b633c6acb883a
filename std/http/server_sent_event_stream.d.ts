/** Types of `@std/http/server-sent-event-stream`. https://jsr.io/@std/http */

/** The fields of a server-sent event. Absent fields are not written. */
export interface ServerSentEventMessage {
  comment?: string;
  event?: string;
  data?: string;
  id?: string | number;
  /** In ms. */
  retry?: number;
}

/** Encodes each message into exactly one chunk of UTF-8. */
export class ServerSentEventStream
  extends TransformStream<ServerSentEventMessage, Uint8Array<ArrayBuffer>> {
  constructor();
}
