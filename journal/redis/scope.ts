import {
  compareEventIds,
  epochOf,
  type EventId,
} from "../../events/event_id.ts";
import { MAX_MATCHING, toAsked } from "../asked.ts";
import type { Questions } from "./questions.ts";

/** How many channels Redis is asked about at once, at most: it does nothing else meanwhile. */
const PART = 1_000;

/** The channels that a reading is of. */
export interface Scope {
  /** Their names, in one part at least. */
  readonly parts: readonly (readonly string[])[];
  /**
   * The last place of the reading, or an id. Names that Redis was asked for are those of that moment: none that came later
   * has a record up to here.
   */
  readonly upTo: EventId;
  /** The floor of that moment, and its time: another server may not have let go of as much. Empty where names were given. */
  readonly floor: string;
}

/** Finds the channels of a reading. Whether its end is known is not asked where names were given. */
export async function findScope(
  channels: readonly string[],
  upTo: EventId,
  questions: Questions,
): Promise<Scope & { isKnown: boolean } | undefined> {
  const { names, stems } = toAsked(channels);
  if (stems.length === 0) {
    return { parts: [names], upTo, floor: "", isKnown: true };
  }
  const match = await questions.match(stems, upTo);
  if (match.names.length > MAX_MATCHING) return undefined;
  const { last, floor, isKnown } = match;
  const isBound = epochOf(upTo) === "" && compareEventIds(upTo, last) > 0;
  return {
    parts: inParts([...names, ...match.names]),
    upTo: isBound ? last : upTo,
    floor,
    isKnown,
  };
}

/** Cuts names into parts of which Redis is asked one at a time. */
export function inParts(names: readonly string[]): string[][] {
  const parts = [names.slice(0, PART)];
  for (let i = PART; i < names.length; i += PART) {
    parts.push(names.slice(i, i + PART));
  }
  return parts;
}
