import type { Format } from "./format.ts";

/** How a stream is written, wherever it begins. */
export interface StreamOptions {
  /** Whether it has status events. */
  readonly hasStatus: boolean;
  /** After how much silence it gets a comment, in s, see `HEARTBEATS_S`. */
  readonly heartbeatS: number;
  readonly format: Format;
  /**
   * The id that its client came with, if any. A status before the stream's first id repeats it: clients that read the
   * standard by the letter take an event without an id at the beginning of a stream for an order to forget theirs.
   */
  readonly lastEventId?: string | undefined;
}

/** How a stream is written where nobody asks for anything else. */
export const STREAM_OPTIONS: StreamOptions = {
  hasStatus: true,
  heartbeatS: 8,
  format: "named",
};
