import type { Status } from "../events/frame.ts";

/** What a hub has written to its streams. Plain data, so that it can be sent to another thread. */
export interface Sent {
  /** Each once for every stream that it was written to. */
  events: number;
  /** With the comments that keep idle streams open. */
  bytes: number;
  /** Status events, by their state. */
  readonly statuses: Record<Status["state"], number>;
}

/** Of a hub that has written nothing yet. */
export function nothingSent(): Sent {
  return {
    events: 0,
    bytes: 0,
    statuses: { resumed: 0, reset: 0, lagged: 0, draining: 0, overloaded: 0 },
  };
}
