/** For how long a browser may remember what it may send, in s: Chromium caps it at two hours. */
const MAX_AGE_S = 7_200;

/**
 * Lets pages of other origins use a response: https://fetch.spec.whatwg.org/#http-cors-protocol
 *
 * @param origins Those that may, or `*`.
 */
export function allowOrigin(
  request: Request,
  response: Response,
  origins: readonly string[],
): void {
  if (origins.length === 0) return;
  const { headers } = response;
  const isAny = origins.includes("*");
  if (!isAny) headers.append("vary", "origin");
  const origin = request.headers.get("origin");
  if (origin === null || !(isAny || origins.includes(origin))) return;
  headers.set("access-control-allow-origin", isAny ? "*" : origin);
  if (request.method !== "OPTIONS") return;
  headers.set("access-control-allow-methods", "GET, POST");
  headers.set(
    "access-control-allow-headers",
    "authorization, content-type, last-event-id",
  );
  headers.set("access-control-max-age", `${MAX_AGE_S}`);
}
