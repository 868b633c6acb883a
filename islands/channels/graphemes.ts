/** How far around a position to look for the limits of a grapheme, in UTF-16 units. Emoji have a few dozen. */
const AROUND = 400;
/** Longer texts are not counted: that would take longer than a frame. */
const MAX_COUNTED = 10_000;

const segmenter = new Intl.Segmenter();

/**
 * Finds the last position, at or before another, where a text can be cut between graphemes: what readers see as one
 * character.
 */
export function boundary(text: string, at: number): number {
  const start = Math.max(0, at - AROUND);
  const near = segmenter.segment(text.slice(start, at + AROUND));
  const around = near.containing(at - start);
  if (!around) return at;
  // The first grapheme of the text is whole, though its index is 0.
  const isWhole = around.index > 0 || start === 0;
  if (isWhole && around.segment.length < AROUND) return start + around.index;
  // A letter can have marks without end. Such a grapheme is cut, but never within a surrogate pair.
  return /[\uD800-\uDBFF]$/.test(text.slice(start, at)) ? at - 1 : at;
}

/** Counts the graphemes of a text. Returns undefined for a text of more than 10,000 UTF-16 units. */
export function countText(text: string): number | undefined {
  return text.length > MAX_COUNTED
    ? undefined
    : [...segmenter.segment(text)].length;
}
