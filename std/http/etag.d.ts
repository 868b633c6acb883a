/** The part of `@std/http/etag` that Chime uses. https://jsr.io/@std/http */

/** Returns the entity's tag, quotes included. */
export function eTag(
  entity: string | Uint8Array,
  options?: { weak?: boolean },
): Promise<string>;
/** Returns false if the value of `If-None-Match` names the tag: answer with a 304. */
export function ifNoneMatch(
  value: string | null,
  etag: string | undefined,
): boolean;
