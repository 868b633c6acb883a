/** How far around a place to look for what readers take for one character, in UTF-16 units: emoji take a few dozen. */
const AROUND = 400;
/** Longer texts are not counted out: that would take longer than a frame. */
const MAX_COUNTED = 10_000;

const segmenter = new Intl.Segmenter();

/** The last place at or before another where a text can be cut without cutting what readers take for one character. */
export function boundary(text: string, at: number): number {
  const start = Math.max(0, at - AROUND);
  const near = segmenter.segment(text.slice(start, at + AROUND));
  const around = near.containing(at - start);
  if (!around) return at;
  // One at the very beginning may be short, and is not to be cut either.
  const isWhole = around.index > 0 || start === 0;
  if (isWhole && around.segment.length < AROUND) return start + around.index;
  // Marks can be piled on one letter without end: that is cut all the same, but never within a surrogate pair.
  return /[\uD800-\uDBFF]$/.test(text.slice(start, at)) ? at - 1 : at;
}

/** How many characters a text has, to its reader; undefined for one of more than 10,000 UTF-16 units. */
export function countText(text: string): number | undefined {
  return text.length > MAX_COUNTED
    ? undefined
    : [...segmenter.segment(text)].length;
}
