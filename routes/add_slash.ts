import type { Target } from "./target.ts";

/**
 * `GET /sse`: redirects to `/sse/`, by a URL that is relative, as a proxy may have another path for it. A ticket is left out: a redirect is logged and kept in places where none
 * belongs.
 */
export function addSlash(
  _request: Request,
  { path, base, search }: Target,
): Response {
  // A URL may hold characters that a header cannot.
  const encoded = withoutTicket(search).replace(
    /[^!-~]+/g,
    encodeURIComponent,
  );
  // The base path itself is an empty path.
  const last = (path || base.slice(0, -1)).split("/").at(-1);
  return new Response(null, {
    status: 308,
    headers: { location: `${last}/${encoded}` },
  });
}

/** The query without the parameter `ticket`, however that is spelled. */
function withoutTicket(search: string): string {
  if (!new URLSearchParams(search).has("ticket")) return search;
  const others = search.slice(1).split("&")
    .filter((part) => !new URLSearchParams(part).has("ticket"));
  return others.length > 0 ? `?${others.join("&")}` : "";
}
