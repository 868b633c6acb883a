import type { EventId } from "../events/event_id.ts";

/** A stream whose reader was not here before. */
export type Fresh =
  /** It gets what is published from now on. */
  | { readonly kind: "new" }
  /** First it gets the newest `count` events of each channel. */
  | { readonly kind: "latest"; readonly count: number };

/**
 * Where a stream begins. All but the fresh ones resume: what was missed is replayed, and a `resumed` or a `reset` status
 * says what became of that.
 */
export type DeliverFrom =
  | Fresh
  /** After the event that the reader saw last. */
  | {
    readonly kind: "after";
    readonly id: EventId;
    readonly afterReset: Fresh;
  }
  /** At the oldest event that is kept. */
  | { readonly kind: "earliest"; readonly afterReset: Fresh }
  /** At a moment, in ms since the epoch. A reset is followed by everything that is kept. */
  | { readonly kind: "since"; readonly ms: number }
  /** The reader was here before, but what it sent as its last id is no id: a reset. */
  | { readonly kind: "unknown"; readonly afterReset: Fresh };

/** A stream of what is published from now on. */
export const NEW: Fresh = { kind: "new" };

/** How a stream goes on after a reset: as a fresh one does, or with everything that is kept. */
export type AfterReset = Fresh | { readonly kind: "kept" };

/** How a stream that began so goes on after its first reset. */
export function afterReset(from: DeliverFrom): AfterReset {
  if (from.kind === "since") return { kind: "kept" };
  return "afterReset" in from ? from.afterReset : from;
}
