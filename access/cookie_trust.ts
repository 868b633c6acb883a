import type { Asking } from "./source.ts";

/**
 * Makes a function that says whether a request's cookies count. Browsers send them with requests that other sites' pages
 * make, too: those must neither read a user's streams nor publish for the user.
 *
 * They count where the browser says that a page of this server asks, or one of a listed origin; and for a GET or HEAD
 * that is no page's, as old browsers say nothing about those of the server's own pages.
 * https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
 *
 * @param isListed Whether the pages of an origin may use the streams with credentials.
 */
export function cookieTrust(
  isListed: (origin: string) => boolean,
): (asking: Asking) => boolean {
  return ({ method, headers, origin: own }) => {
    const site = headers.get("sec-fetch-site");
    const origin = headers.get("origin");
    if (site === "same-origin") return true;
    if (origin !== null && isListed(origin)) return true;
    if (site !== null) return false;
    if (origin === null) return method === "GET" || method === "HEAD";
    return isSameHost(origin, own);
  };
}

/**
 * Whether the host and the port are the same. The scheme may differ, as a proxy may end TLS: the request's port, where it
 * names none, is that of the page's scheme.
 */
function isSameHost(origin: string, own: string): boolean {
  const page = /^https?:\/\/[^/?#@\\\s]+$/i.test(origin) && URL.parse(origin);
  if (!page) return false;
  const host = own.replace(/^https?:/i, page.protocol);
  return URL.parse(host)?.host === page.host;
}
