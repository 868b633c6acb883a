/** The header with the id of a request, which its answer and the log's lines about it have in common. */
export const REQUEST_ID = "x-request-id";

/** An id that a proxy may have given: no text that means something else in a log. */
const ID = /^[\w.-]{1,128}$/;

/** The id that a proxy has given the request, else a new one. */
export function requestIdOf({ headers }: Request): string {
  const given = headers.get(REQUEST_ID);
  return given !== null && ID.test(given) ? given : drawRequestId();
}

/** Draws an id for a request. */
export function drawRequestId(): string {
  return crypto.randomUUID();
}
