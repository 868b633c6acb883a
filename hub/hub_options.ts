import type { EventId } from "../events/event_id.ts";
import type { Retention } from "../journal/journal.ts";
import type { Faults } from "./faults.ts";
import type { Memory } from "./memory.ts";
import type { RingLimits } from "./ring.ts";

/** Enough for a reader that is a second late, with the fastest publishers. */
export const RING_LIMITS: RingLimits = {
  maxFrames: 1_024,
  maxBytes: 4 * 1024 * 1024,
};

/** Long enough for many readers that come back together. A page must not outlive its events for long. */
export const PAGE_LIFETIME_MS = 1_000;

/** Options for `Hub`. */
export interface HubOptions {
  /** The id after which the timeline goes on. Without it, `Hub.begin` says so. */
  last?: EventId;
  /** How much each channel's ring holds. */
  ringLimits?: RingLimits;
  /** Whether a fresh stream says where it begins. */
  saysLive?: boolean;
  /** How much the history keeps. Without it, no stream gets a newer id before its next event. */
  retention?: Retention | undefined;
  /** How long a page of the history is kept for other readers, in ms. */
  pageLifetimeMs?: number;
  /** Counts what fails. */
  faults?: Faults;
  /** Bounds what is held for readers. */
  memory?: Memory;
  /** Called when a stream opens or closes, with its channels and patterns, of which none covers another one. */
  onSubscribers?:
    | ((channels: readonly string[], change: 1 | -1) => void)
    | undefined;
}
