/**
 * Finds the first index that matches, by binary search.
 *
 * @param matches Must hold for every index after one for which it holds.
 * @returns The index, or the length where none matches.
 */
export function firstIndex(
  length: number,
  matches: (index: number) => boolean,
): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (matches(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
