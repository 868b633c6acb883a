import { checkChannel } from "./channel_name.ts";
import { InputError } from "./input_error.ts";

declare const isChecked: unique symbol;

/**
 * Some channels: `*` for all of them, one channel's name, or the beginning of names up to and with a `.`, `:` or `/`,
 * then `*`. A text that {@linkcode parsePattern} has checked.
 */
export type Pattern = string & { readonly [isChecked]: true };

/** The pattern of all channels. */
export const ALL: Pattern = parsePattern("*");

/**
 * How many separators a pattern that a stream carries has at most. An event's patterns are looked up one by one: a name
 * may be 256 separators long.
 */
export const MAX_SEPARATORS = 32;

/**
 * Checks that a text is a pattern, and returns it.
 *
 * @throws {InputError} where it is none, or where no name could match it.
 */
export function parsePattern(text: string): Pattern {
  if (text === "*") return text as Pattern;
  const stem = stemOf(text);
  if (isPattern(text) && !/[.:/]$/.test(stem)) {
    throw new InputError(
      `Cannot use pattern ${JSON.stringify(text)}: ` +
        "it must be *, a channel's name, or end in .* :* or /*",
    );
  }
  try {
    // A beginning is right where a name begins with it.
    checkChannel(isPattern(text) ? `${stem}x` : text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `Cannot use pattern ${JSON.stringify(text)}: ${error.message}`,
    );
  }
  return text as Pattern;
}

/** Whether a text that is a pattern ends in a star, and stands for more than the channel of its name. */
export function isPattern(text: string): boolean {
  // No name has a star.
  return text.endsWith("*");
}

/** The indexes of the characters of a name, or of a pattern, after which a star can stand. */
export function separatorsOf(text: string): number[] {
  return Array.from(text.matchAll(/[.:/]/g), ({ index }) => index);
}

/** The patterns that cover a channel, of those that a stream can carry, without the channel's name itself. */
export function patternsOf(channel: string): string[] {
  const ends = separatorsOf(channel).slice(0, MAX_SEPARATORS);
  return [ALL, ...ends.map((end) => `${channel.slice(0, end + 1)}*`)];
}

/**
 * Whether a pattern covers all channels that another one stands for. A name stands for that channel alone.
 */
export function covers(
  pattern: Pattern | string,
  asked: Pattern | string,
): boolean {
  if (pattern === asked) return true;
  return isPattern(pattern) && asked.startsWith(stemOf(pattern));
}

/** Whether one of the patterns alone covers all channels that another one, or a name, stands for. */
export function anyCovers(
  patterns: readonly Pattern[],
  asked: Pattern | string,
): boolean {
  return patterns.some((pattern) => covers(pattern, asked));
}

/** Whether there is a channel that both patterns cover. A name stands for that channel alone. */
export function overlaps(pattern: Pattern, other: Pattern | string): boolean {
  // Beginnings are nested, or have nothing in common.
  return covers(pattern, other) || covers(other, pattern);
}

/** What a pattern's channels begin with. A name is returned as it is. */
export function stemOf(text: string): string {
  return isPattern(text) ? text.slice(0, -1) : text;
}
