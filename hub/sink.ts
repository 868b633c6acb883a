import type { Frame } from "../events/frame.ts";

/**
 * Where a subscriber's bytes go: the body of one answer. It knows how bytes reach the reader, so that the hub need not.
 *
 * Bytes are never refused. Instead, a writer calls {@linkcode Sink.whenReady} after a write and writes nothing until
 * `onReady` is called, so that a slow reader holds no more than was written last. It may do without that call while it
 * has nothing to write and the sink is ready, to save the way there and back for each event.
 */
export interface Sink {
  /** Whether the reader has taken everything that was written. */
  readonly isReady: boolean;
  /** Called once, before anything else. `onReady` is called when the reader wants the first bytes. */
  open(writer: SinkWriter): void;
  write(bytes: Frame): void;
  /** Asks for one call of `onReady`, as soon as the sink is ready, but not before this returns. */
  whenReady(): void;
  /** Writes the last bytes and ends the answer. */
  end(bytes: Frame): void;
  /** Cuts the answer, so that the reader sees that it is not complete. */
  abort(error: unknown): void;
}

/** Writes to a {@linkcode Sink}. */
export interface SinkWriter {
  /** The reader wants the first bytes, or the sink is ready as `whenReady` asked. */
  onReady(): void;
  /** The reader has left: nothing may be written any more. A write that finds this out calls it before it returns. */
  onLeave(): void;
}
