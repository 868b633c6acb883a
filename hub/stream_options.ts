/** How a stream is written, wherever it begins. */
export interface StreamOptions {
  /** Whether it has status events. */
  readonly hasStatus: boolean;
  /** After how much silence it gets a comment, in s, see `HEARTBEATS_S`. */
  readonly heartbeatS: number;
}

/** How a stream is written where nobody asks for anything else. */
export const STREAM_OPTIONS: StreamOptions = { hasStatus: true, heartbeatS: 8 };
