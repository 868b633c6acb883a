import { covers, isPattern, stemOf } from "../events/pattern.ts";
import { UnreadableError } from "./history.ts";

/** How many channels the patterns of one reading may match. */
export const MAX_MATCHING = 10_000;

/** The channels that a query asks for, none of them twice. */
export interface Asked {
  /** Those that no pattern matches. */
  readonly names: readonly string[];
  /** What the channels of the patterns begin with. No stem begins with another. */
  readonly stems: readonly string[];
}

/** Takes names and patterns apart. */
export function toAsked(channels: readonly string[]): Asked {
  if (!channels.some(isPattern)) return { names: channels, stems: [] };
  const patterns = [...new Set(channels.filter(isPattern))];
  const isCovered = (asked: string) =>
    patterns.some((pattern) => pattern !== asked && covers(pattern, asked));
  const rest = [...new Set(channels)].filter((asked) => !isCovered(asked));
  return {
    names: rest.filter((asked) => !isPattern(asked)),
    stems: rest.filter(isPattern).map(stemOf),
  };
}

/** Whether names and patterns ask for a channel. */
export function isAsked(channels: readonly string[], name: string): boolean {
  return channels.includes(name) ||
    channels.some((asked) => covers(asked, name));
}

/** The names that begin with a stem: from the first one on, and before the second. */
export function namesBetween(stem: string): [from: string, before: string] {
  // All names are ASCII, so these are in the order of their bytes, as in a store.
  if (stem === "") return ["", "\x7f"];
  const end = stem.length - 1;
  const next = String.fromCharCode(stem.charCodeAt(end) + 1);
  return [stem, stem.slice(0, end) + next];
}

/** Makes the error for the newest events of more channels than patterns may match. */
export function tooManyError(): UnreadableError {
  return new UnreadableError(
    `Cannot read the newest events of patterns that match more than ${MAX_MATCHING} channels`,
  );
}
