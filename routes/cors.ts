import { originMatcher } from "./origin_pattern.ts";

/** For how long a browser may remember what it may send, in s: Chromium caps it at two hours. */
const MAX_AGE_S = 7_200;

/**
 * Makes the function that lets pages of other origins use a response:
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 *
 * @param origins Those that may, see {@linkcode originMatcher}, or `*` for any, which may then send no credentials.
 */
export function corsPolicy(
  origins: readonly string[],
): (request: Request, response: Response) => void {
  const isAny = origins.includes("*");
  const listed = origins.filter((origin) => origin !== "*");
  const isListed = originMatcher(listed);
  return (request, { headers }) => {
    if (listed.length > 0) headers.append("vary", "origin");
    const origin = request.headers.get("origin");
    if (origin !== null && isListed(origin)) {
      headers.set("access-control-allow-origin", origin);
      headers.set("access-control-allow-credentials", "true");
    } else if (isAny) {
      headers.set("access-control-allow-origin", "*");
    } else {
      return;
    }
    headers.set("access-control-expose-headers", "retry-after");
    if (request.method === "OPTIONS") answerPreflight(request, headers);
  };
}

/** Allows what is asked for: `*` would stand for neither `authorization` nor what comes with credentials. */
function answerPreflight(request: Request, headers: Headers): void {
  for (
    const [asked, allowed] of [
      ["access-control-request-method", "access-control-allow-methods"],
      ["access-control-request-headers", "access-control-allow-headers"],
    ] as const
  ) {
    headers.append("vary", asked);
    const value = request.headers.get(asked);
    if (value) headers.set(allowed, value);
  }
  headers.set("access-control-max-age", `${MAX_AGE_S}`);
}
