import { checkChannel } from "../events/channel_name.ts";
import { InputError } from "../events/input_error.ts";

declare const isChecked: unique symbol;

/**
 * Some channels: `*` for all of them, one channel's name, or the beginning of names up to and with a `.`, `:` or `/`,
 * then `*`. A text that {@linkcode parsePattern} has checked.
 */
export type Pattern = string & { readonly [isChecked]: true };

/** The pattern of all channels. */
export const ALL: Pattern = parsePattern("*");

/**
 * Checks that a text is a pattern, and returns it.
 *
 * @throws {InputError} where it is none, or where no name could match it.
 */
export function parsePattern(text: string): Pattern {
  if (text === "*") return text as Pattern;
  const stem = stemOf(text);
  if (stem !== text && !/[.:/]$/.test(stem)) {
    throw new InputError(
      `Cannot use pattern ${JSON.stringify(text)}: ` +
        "it must be *, a channel's name, or end in .* :* or /*",
    );
  }
  try {
    // A beginning is right where a name begins with it.
    checkChannel(stem === text ? text : `${stem}x`);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(
      `Cannot use pattern ${JSON.stringify(text)}: ${error.message}`,
    );
  }
  return text as Pattern;
}

/**
 * Whether a pattern covers all channels that another one stands for.
 *
 * @param asked A pattern, or the name of a channel, which stands for that channel alone.
 */
export function covers(pattern: Pattern, asked: Pattern | string): boolean {
  if (pattern === asked) return true;
  const stem = stemOf(pattern);
  return stem !== pattern && asked.startsWith(stem);
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
  return covers(pattern, other) || covers(other as Pattern, pattern);
}

/** What a pattern's channels begin with. A name is returned as it is. */
function stemOf(text: string): string {
  return text.endsWith("*") ? text.slice(0, -1) : text;
}
