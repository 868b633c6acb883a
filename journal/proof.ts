import {
  compareEventIds,
  epochOf,
  type EventId,
  ORIGIN,
  type Place,
} from "../events/event_id.ts";
import type { Epochs } from "./epochs.ts";
import type { Found, Gone, ReadQuery, Unknown } from "./history.ts";
import type { StoreClock } from "./store_clock.ts";

/** Records up to a place have been let go, all of them or those of one channel. */
export interface Floor {
  readonly place: Place;
  /** The latest time of what went, in ms since 1970, see {@linkcode StoreClock.countedMs}. */
  readonly timeMs: number;
}

/**
 * Raises a floor over a record that is let go.
 *
 * @param atMs What the clock said when the record was appended.
 */
export function raise(
  floor: Floor | undefined,
  place: Place,
  atMs: number,
  clock: StoreClock,
): Floor {
  // A floor's own time counts like any other. Otherwise one of a clock that was ahead hides all times after it.
  const timeMs = Math.max(
    clock.countedMs(atMs),
    floor ? clock.countedMs(floor.timeMs) : 0,
  );
  return !floor || compareEventIds(floor.place, place) < 0
    ? { place, timeMs }
    : { place: floor.place, timeMs };
}

/** The floor of a reading that several concern: above all of them. */
export function highest(
  floors: readonly (Floor | undefined)[],
  clock: StoreClock,
): Floor | undefined {
  let high: Floor | undefined;
  for (const floor of floors) {
    if (floor) high = raise(high, floor.place, floor.timeMs, clock);
  }
  return high;
}

/** What a store knows when it is read. */
export interface Knowledge {
  epochs: Epochs;
  /** The last id given out. */
  last: EventId;
  /** The highest floor that concerns the reading. */
  floor: Floor | undefined;
  clock: StoreClock;
}

/** A reading may go on: after a place, or at a moment. */
export interface Allowed {
  readonly kind: "allowed";
  /** The floor. Where a moment's first record is not after it, the answer is `gone` nevertheless. */
  readonly floor: Place;
  /** What {@linkcode Found.unproved} is to be. */
  readonly unproved?: Place;
}

/** Finds nothing, as there can be nothing up to where the reading ends. */
const NOTHING: Found = { kind: "found", records: [], isComplete: true };

/** Whether an id of a query may stand for the store's own timeline. A place without an epoch is no more than a bound. */
export function isOurs(
  id: EventId,
  { epochs, last }: Pick<Knowledge, "epochs" | "last">,
): boolean {
  return epochOf(id) === "" || epochs.isKnown(id, last);
}

/** Judges whether everything that a query asks for is held. */
export function judge(
  { from, upTo }: Pick<ReadQuery, "from" | "upTo">,
  knowledge: Knowledge,
): Found | Gone | Unknown | Allowed {
  const { epochs, last, floor, clock } = knowledge;
  // What the hub has seen of another timeline is not what is read here, and would be taken for it.
  if (!isOurs(upTo, knowledge)) return { kind: "unknown" };
  const place = floor?.place ?? ORIGIN;
  const allowed: Allowed = { kind: "allowed", floor: place };
  if (from.kind === "earliest") return { ...allowed, unproved: place };
  if (from.kind === "since") {
    const isGone = floor && from.ms <= clock.countedMs(floor.timeMs);
    return isGone ? { kind: "gone", floor: place } : allowed;
  }
  if (!epochs.isKnown(from.id, last)) return { kind: "unknown" };
  if (compareEventIds(from.id, upTo) > 0) return NOTHING;
  const isProved = compareEventIds(from.id, place) >= 0 ||
    compareEventIds(place, from.unproved ?? ORIGIN) <= 0;
  return isProved ? allowed : { kind: "gone", floor: place };
}
