/**
 * Cuts a text that is too long, and ends it with `…`. No character outside the BMP is cut in two.
 *
 * @param max The largest length that is left as it is, in UTF-16 code units.
 */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, "") + "…";
}
