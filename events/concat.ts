/** One array of bytes out of several; the only one itself where there is no other. */
export function concat(
  arrays: readonly Uint8Array<ArrayBuffer>[],
): Uint8Array<ArrayBuffer> {
  if (arrays.length === 1) return arrays[0]!;
  let length = 0;
  for (const array of arrays) length += array.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}
