/** The part of `@std/http/etag` that Chime uses. https://jsr.io/@std/http */

/** The entity's tag, quotes included. */
export function eTag(
  entity: string | Uint8Array,
  options?: { weak?: boolean },
): Promise<string>;
/** False when the `If-None-Match` value names the tag, which calls for a 304. */
export function ifNoneMatch(
  value: string | null,
  etag: string | undefined,
): boolean;
