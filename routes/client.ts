import type { Frame } from "../events/frame.ts";
import type { RefusedReason } from "../hub/refused.ts";
import type { Sink } from "../hub/sink.ts";

/** The client that sent a request. */
export interface Client {
  /** Its IP address, such as `192.0.2.7` or `2001:db8::7`. */
  readonly address: string;
  /** Why it may do nothing for now, if it is over a limit. */
  readonly refused?: RefusedReason | undefined;
  /**
   * Makes the sink of a stream that is the answer to the request. Where the listener has no sink of its own, the stream
   * is a `ReadableStream`.
   */
  makeSink?(): AnswerSink;
}

/** A sink whose bytes are an answer's body. */
export interface AnswerSink extends Sink {
  /** Nothing where the sink itself sends the bytes. */
  readonly body: ReadableStream<Frame> | null;
}
