import type { RefusedReason } from "../hub/refused.ts";
import {
  type Address,
  type AddressRange,
  isLoopback,
  readAddress,
} from "../routes/address.ts";
import { isTrusted, type Sender, senderOf } from "../routes/forwarded_for.ts";
import { keyOf } from "./address_table.ts";
import type { ConnectionLimits } from "./connection_limits.ts";
import { Permit, type Room } from "./permit.ts";
import type { SharedCounts } from "./shared_counts.ts";

/** Dependencies of an {@linkcode Admission}. */
export interface AdmissionOptions {
  readonly limits: ConnectionLimits;
  readonly counts: SharedCounts;
  readonly trustedProxies: readonly AddressRange[];
}

/** Finds out whose a connection or a request is, and whether it is within the limits. */
export class Admission {
  readonly limits: ConnectionLimits;
  readonly counts: SharedCounts;
  readonly #proxies: readonly AddressRange[];

  constructor({ limits, counts, trustedProxies }: AdmissionOptions) {
    this.limits = limits;
    this.counts = counts;
    this.#proxies = trustedProxies;
  }

  /** Whether what comes from the address comes from a trusted proxy. */
  isProxy(peer: string): boolean {
    return this.#proxies.length > 0 && this.#isProxy(readAddress(peer));
  }

  /**
   * Admits a connection. One of a trusted proxy counts for no address: its requests do, for those of the clients.
   *
   * @param peer The address that it comes from.
   */
  connection(peer: string): Permit {
    const address = readAddress(peer);
    const isFree = this.#isProxy(address) || this.#isExempt(address);
    return this.#admit(peer, address, isFree, true);
  }

  /**
   * Admits a request.
   *
   * @param peer The address that its connection comes from.
   * @param forwardedFor Returns its `X-Forwarded-For`. It is asked for if the peer is a trusted proxy.
   * @param isConnection Whether it counts as a connection, as connections themselves cannot be counted.
   */
  request(
    peer: string,
    forwardedFor: () => string | null,
    isConnection: boolean,
  ): Permit {
    const address = readAddress(peer);
    if (!address || !this.#isProxy(address)) {
      return this.#admit(peer, address, this.#isExempt(address), isConnection);
    }
    const sender = senderOf(address, forwardedFor(), this.#proxies);
    const isFree = this.#isExempt(sender.address, sender.kind);
    return this.#admit(peer, sender.address, isFree, isConnection);
  }

  #admit(
    peer: string,
    address: Address | undefined,
    isFree: boolean,
    isConnection: boolean,
  ): Permit {
    const key = address && !isFree ? keyOf(address) : undefined;
    const room = { isConnection, key };
    const text = address?.toString() ?? peer;
    return new Permit(this.counts, text, room, this.#refusal(room));
  }

  #refusal({ isConnection, key }: Room): RefusedReason | undefined {
    const { maxConnections, maxPerAddress } = this.limits;
    if (isConnection && this.counts.total("connections") >= maxConnections) {
      return "connections";
    }
    return key && this.counts.ofAddress(key) >= maxPerAddress
      ? "address"
      : undefined;
  }

  #isProxy(address: Address | undefined): boolean {
    return address !== undefined && isTrusted(address, this.#proxies);
  }

  /** Whether no limit holds for what comes from the address. */
  #isExempt(
    address: Address | undefined,
    kind: Sender["kind"] = "client",
  ): boolean {
    if (this.limits.limitsEveryone || kind === "unknown") return false;
    return kind === "proxy" || (address !== undefined && isLoopback(address));
  }
}
