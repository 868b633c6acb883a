const RULE =
  "an origin must be as https://example.com, https://*.example.com or capacitor://localhost, or * for any";
/** A scheme, an optional `*.` (or `.`, which some write for it) and a host. */
const PATTERN = /^([a-z][a-z\d+.-]*):\/\/(\*?\.)?(.*)$/i;
/** Schemes of which there are no pages, or whose pages have the origin `null`. */
const PAGELESS = /^(?:about|blob|data|filesystem|ftp|javascript|wss?)$/;
/** What `*.` matches, without the last dot. */
const LABELS = /^[a-z\d_-]+(?:\.[a-z\d_-]+)*$/;

/**
 * Finds out why a pattern matches no `Origin` that a browser sends: https://fetch.spec.whatwg.org/#origin-header
 *
 * @param text An origin, such as `https://example.com` or `capacitor://localhost`, perhaps with `*.` for its first
 * labels.
 * @returns The rule that it breaks, with the right spelling if there is one. Undefined if it breaks none.
 */
export function originFault(text: string): string | undefined {
  if (/[\s,]/.test(text)) {
    return "each origin must have a --cors-origin of its own, without spaces";
  }
  const [, name, dots, rest] = PATTERN.exec(text) ?? [];
  if (name === undefined) return RULE;
  const scheme = name.toLowerCase();
  if (PAGELESS.test(scheme)) return `no page's origin begins with ${scheme}:`;
  // WebViews on Android send the first one, Electron the second.
  if (scheme === "file") return spelled("file://", text);
  const isApp = scheme !== "http" && scheme !== "https";
  if (isApp && dots === "." && /^\/?$/.test(rest!)) {
    return spelled(`${scheme}://.`, text);
  }
  const url = URL.parse(`${scheme}://${rest}`);
  if (!url) return RULE;
  const { host, hostname, port } = url;
  if (port === "0") return "no page's origin has the port 0";
  if (host.includes("*")) {
    return `* must stand alone, or for the first labels of a domain, as in ${scheme}://*.example.com`;
  }
  const isAddress = /^\[|^[\d.]+$/.test(hostname);
  const hasEmptyLabel = hostname.replace(/\.$/, "").split(".").includes("");
  if (hasEmptyLabel || (dots && isAddress)) return RULE;
  return spelled(`${scheme}://${dots ? "*." : ""}${host}`, text);
}

/** The fault of an origin that browsers spell differently, if they do. */
function spelled(right: string, text: string): string | undefined {
  return right === text
    ? undefined
    : `an origin must be as browsers send it: ${right}`;
}

/**
 * Makes a function that says whether an `Origin` matches one of the patterns.
 *
 * @param patterns Patterns in which {@linkcode originFault} finds no fault. `*.` matches one label or more.
 */
export function originMatcher(
  patterns: readonly string[],
): (origin: string) => boolean {
  // Case is ignored: how an app's scheme writes the case of its host is not known.
  const exact = new Set<string>();
  const families: { scheme: string; domain: string }[] = [];
  for (const pattern of patterns) {
    const [scheme, domain] = pattern.toLowerCase().split("*");
    if (domain === undefined) exact.add(scheme!);
    else families.push({ scheme: scheme!, domain });
  }
  return (text) => {
    const origin = text.toLowerCase();
    return exact.has(origin) ||
      families.some(({ scheme, domain }) =>
        origin.startsWith(scheme) && origin.endsWith(domain) &&
        LABELS.test(origin.slice(scheme.length, -domain.length))
      );
  };
}
