import type { Target } from "./target.ts";

/** `GET /sse`: redirects to `/sse/`. */
export function addSlash(
  _request: Request,
  { path, search }: Target,
): Response {
  // A URL may hold characters that a header cannot.
  const encoded = search.replace(/[^!-~]+/g, encodeURIComponent);
  return new Response(null, {
    status: 308,
    headers: { location: `${path}/${encoded}` },
  });
}
