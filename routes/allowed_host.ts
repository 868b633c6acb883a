import { HttpError } from "./http_error.ts";
import type { Target } from "./target.ts";

/** A name, an IPv4 address or an IPv6 address in brackets, without a port. */
const HOST = /^(?:[^\s/?#@\\:[\]*%]+|\[[\da-f:.]+\])$/i;

/**
 * Reads a host without a port, such as `example.com` or `[::1]`.
 *
 * @returns It as browsers write it, without the final dot that a name may have; nothing for any other text.
 */
export function readHost(text: string): string | undefined {
  return HOST.test(text) ? hostnameOf(text) : undefined;
}

/**
 * Makes a function that checks which host a request is for. It looks at the URL and at the header `Host`, as both may
 * be used by what is in front of Chime. Ports do not count.
 *
 * @param allowed The hosts, as {@linkcode readHost} returns them. If there is none, any host is allowed.
 * @param onRefused Called if the host is another.
 */
export function hostCheck(
  allowed: readonly string[],
  onRefused: () => void,
): (request: Request, target: Target) => void {
  if (allowed.length === 0) return () => {};
  const hosts = new Set(allowed);
  return ({ headers }, { origin }) => {
    const named = origin.slice("http://".length);
    for (const text of [named, headers.get("host") ?? named]) {
      if (hosts.has(hostnameOf(text) ?? "")) continue;
      onRefused();
      throw new HttpError(
        421,
        `Cannot answer for the host ${
          JSON.stringify(text)
        }: it must be one of --allowed-host`,
      );
    }
  };
}

/** The host of `example.com:80` as browsers write it, without a final dot. */
function hostnameOf(text: string): string | undefined {
  return URL.parse(`http://${text}`)?.hostname.replace(/\.$/, "") || undefined;
}
