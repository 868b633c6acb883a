import type { EventId } from "../events/event_id.ts";

/** What is held of one channel. */
export interface Holding {
  /** How many events. Notes do not count. */
  readonly events: number;
  /** The id of the oldest one; nothing where there is none. */
  readonly first?: EventId | undefined;
  /** The id of the newest one; nothing where there is none. */
  readonly last?: EventId | undefined;
}

/** The answer to {@linkcode Journal.holdings}, all of one moment. */
export interface Holdings {
  /** The last id that the store has given out, of an event or a note of any channel. */
  readonly position: EventId;
  /** One for each channel that was asked for, in the same order. */
  readonly channels: readonly Holding[];
}
