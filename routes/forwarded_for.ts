import {
  type Address,
  type AddressRange,
  isInRange,
  readAddress,
} from "./address.ts";

/** `192.0.2.7:4711`, `[2001:db8::7]` or `[2001:db8::7]:4711`. */
const WITH_PORT = /^(?:\[([^\]]*)\]|([\d.]+))(?::\d{1,5})?$/;

/** Who sent a request. */
export interface Sender {
  readonly address: Address;
  /**
   * A `client`; or a trusted `proxy` that sent the request for itself, such as a health check; or `unknown`, with the
   * address of the proxy that does not know it.
   */
  readonly kind: "client" | "proxy" | "unknown";
}

/** Whether the address is that of a trusted proxy. */
export function isTrusted(
  address: Address,
  proxies: readonly AddressRange[],
): boolean {
  return proxies.some((range) => isInRange(address, range));
}

/**
 * Finds out who sent a request that came from a trusted proxy.
 *
 * Each proxy adds to `X-Forwarded-For` the address that it was asked by. Read from the right, the first one that is no
 * trusted proxy is the client's: what stands before that, clients can make up.
 *
 * An entry that is no address, such as `unknown` or an empty one, ends the search: what stands before it cannot be told
 * from what a client made up. All such requests count as one client, with the address of the proxy that wrote the
 * entry.
 *
 * @param proxy The address that the connection comes from.
 * @param header `X-Forwarded-For`, if the request has one.
 */
export function senderOf(
  proxy: Address,
  header: string | null,
  proxies: readonly AddressRange[],
): Sender {
  let address = proxy;
  for (const entry of header?.split(",").reverse() ?? []) {
    const next = readEntry(entry.trim());
    if (!next) return { address, kind: "unknown" };
    address = next;
    if (!isTrusted(address, proxies)) return { address, kind: "client" };
  }
  return { address, kind: "proxy" };
}

function readEntry(entry: string): Address | undefined {
  const [, inBrackets, beforePort] = WITH_PORT.exec(entry) ?? [];
  if (inBrackets !== undefined && !inBrackets.includes(":")) return undefined;
  return readAddress(inBrackets ?? beforePort ?? entry);
}
