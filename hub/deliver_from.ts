import type { EventId } from "../events/event_id.ts";

/** Where a stream begins. */
export interface Start {
  /**
   * Whether the client was here before and goes on: what it missed is replayed, and a `resumed` or a `reset` status
   * tells it what became of that.
   */
  resumes: boolean;
  /** The id that it saw last, or the oldest place that is kept. Nothing stands for an id that is none. */
  resume?: EventId | "floor" | undefined;
  /** Whether `resume` is a moment that the client chose: where less is kept, that is replayed after the reset. */
  isMoment?: boolean;
  /**
   * With how many of the newest events of each channel a stream begins that is fresh, or was reset: 0, or nothing,
   * stands for none.
   */
  latest?: number;
}
