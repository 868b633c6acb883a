/** The part of `@std/http/status` that Chime uses. https://jsr.io/@std/http */

/** The reason phrase of each status. */
export const STATUS_TEXT: Readonly<Record<number, string>>;
