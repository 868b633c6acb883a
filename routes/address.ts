import ip from "ipaddr.js";

/** An IP address. One that is IPv4 within IPv6, such as `::ffff:192.0.2.7`, is IPv4. */
export type Address = ip.IPv4 | ip.IPv6;

/** A range of addresses: those whose first bits are the given address's. */
export type AddressRange = [first: Address, bits: number];

/** How many bits come before the IPv4 address in `::ffff:192.0.2.7`. */
const MAPPED_BITS = 96;

/** Reads an address as systems write it. Returns undefined for any other text, such as `127.1`. */
export function readAddress(text: string): Address | undefined {
  const isWritten = text.includes(":")
    ? ip.IPv6.isValid(text)
    : ip.IPv4.isValidFourPartDecimal(text);
  return isWritten ? ip.process(text) : undefined;
}

/** Reads a range, such as `10.0.0.0/8` or `2001:db8::/32`, or an address. Returns undefined for any other text. */
export function readRange(text: string): AddressRange | undefined {
  const [first = "", length, ...rest] = text.split("/");
  const address = readAddress(first);
  const isLength = length === undefined || /^(?:0|[1-9]\d{0,2})$/.test(length);
  if (!address || !isLength || rest.length > 0) return undefined;
  const isIPv4 = address.kind() === "ipv4";
  const most = isIPv4 ? 32 : 128;
  const skipped = isIPv4 && first.includes(":") ? MAPPED_BITS : 0;
  const bits = length === undefined ? most : Number(length) - skipped;
  return bits >= 0 && bits <= most ? [address, bits] : undefined;
}

/** The range as it is usually written, such as `10.0.0.0/8`. */
export function showRange([address, bits]: AddressRange): string {
  const kind = address.kind() === "ipv4" ? ip.IPv4 : ip.IPv6;
  return `${kind.networkAddressFromCIDR(`${address}/${bits}`)}/${bits}`;
}

/** Whether the address is in the range. */
export function isInRange(address: Address, range: AddressRange): boolean {
  return address.kind() === range[0].kind() && address.match(range);
}

export function isLoopback(address: Address): boolean {
  return address.range() === "loopback";
}
