import { covers, isPattern } from "../events/pattern.ts";
import type { Form, Format } from "./format.ts";

/** What the streams of an audience carry, and how. */
export interface Selection {
  /** The channels' names and patterns, sorted. None of them covers another one, so that no event comes twice. */
  readonly channels: readonly string[];
  readonly form: Form;
  /** Whether each event names its channel in its type. */
  readonly isNamed: boolean;
  /** The same for the same selections, and for no other. */
  readonly key: string;
}

/**
 * Selects channels.
 *
 * @param channels Their names, and patterns, in any order.
 */
export function toSelection(
  channels: readonly string[],
  format: Format,
): Selection {
  const all = [...new Set(channels)].sort();
  const patterns = all.filter(isPattern);
  const alone = all.filter((channel) =>
    !patterns.some((other) => other !== channel && covers(other, channel))
  );
  const isNamed = format === "named" &&
    (alone.length > 1 || patterns.length > 0);
  const form = format === "json" ? "json" : "text";
  const how = isNamed ? "named" : form;
  return { channels: alone, form, isNamed, key: `${how} ${alone}` };
}
