import { originMatcher } from "./origin_pattern.ts";

/** How long a browser may remember the answer to a preflight, in s. Chromium's limit is two hours. */
const MAX_AGE_S = 7_200;

/**
 * Makes a function that adds CORS headers to a response, so that pages of other origins can use it:
 * https://fetch.spec.whatwg.org/#http-cors-protocol
 *
 * @param origins The allowed origins, as {@linkcode originMatcher} takes them. `*` allows any origin, without credentials.
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

/** Allows the method and the headers asked for. `*` would not cover `authorization`, nor requests with credentials. */
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
