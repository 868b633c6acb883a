/** Types of `@std/bytes/concat`. https://jsr.io/@std/bytes */

/** Joins arrays of bytes into a new one. */
export function concat(
  buffers: readonly Uint8Array[],
): Uint8Array<ArrayBuffer>;
