import type { Address } from "../routes/address.ts";

/** Integers of a slot: the two halves of a key, and how often it was added. A slot of zeros is free. */
const SLOT = 3;

/**
 * What counts as one client: an IPv4 address, or the first 64 bits of an IPv6 address, as that is what one customer is
 * given at least (https://www.rfc-editor.org/rfc/rfc6177).
 */
export type AddressKey = readonly [high: number, low: number];

/** The key of an address. Those of IPv4 are ones that no IPv6 address has: `0:ffff::/32` is not given out. */
export function keyOf(address: Address): AddressKey {
  if (address.kind() === "ipv4") {
    const [a, b, c, d] = (address as { octets: number[] }).octets;
    return [0xffff, a! << 24 | b! << 16 | c! << 8 | d!];
  }
  const [a, b, c, d] = (address as { parts: number[] }).parts;
  return [a! << 16 | b!, c! << 16 | d!];
}

/**
 * Counts by address, in memory that threads share: one thread adds, the others may read. So there are no locks, which a
 * crashed thread would leave locked. A reader may miss an address for the moment in which the table is tidied up.
 *
 * It is a hash table with linear probing: https://en.wikipedia.org/wiki/Linear_probing
 */
export class AddressTable {
  readonly #slots: Int32Array;
  readonly #mask: number;
  readonly #seed: number;

  /**
   * @param slots As many integers as {@linkcode tableLength} says.
   * @param seed A secret number, so that nobody can choose addresses that make the table slow.
   */
  constructor(slots: Int32Array, seed: number) {
    this.#slots = slots;
    this.#mask = slots.length / SLOT - 1;
    this.#seed = seed;
  }

  /** How often the key was added. */
  count(key: AddressKey): number {
    return this.#slots[this.#find(key) + 2]!;
  }

  add(key: AddressKey): void {
    const slots = this.#slots;
    const at = this.#find(key);
    slots[at] = key[0];
    slots[at + 1] = key[1];
    slots[at + 2]!++;
  }

  /** Takes back one {@linkcode AddressTable.add} of the key. */
  remove(key: AddressKey): void {
    const at = this.#find(key);
    if (--this.#slots[at + 2]! === 0) this.#close(at / SLOT);
  }

  /** The place of the key's slot, or of the free slot that it would get. */
  #find(key: AddressKey): number {
    const slots = this.#slots;
    for (let i = this.#home(key[0], key[1]);; i = i + 1 & this.#mask) {
      const at = i * SLOT;
      const isFree = slots[at + 2] === 0;
      if (isFree || slots[at] === key[0] && slots[at + 1] === key[1]) return at;
    }
  }

  /** Moves slots up to the one that became free, so that a search does not end there too early. */
  #close(free: number): void {
    const slots = this.#slots;
    for (let i = free + 1 & this.#mask;; i = i + 1 & this.#mask) {
      const at = i * SLOT;
      if (slots[at + 2] === 0) return;
      const home = this.#home(slots[at]!, slots[at + 1]!);
      // How far the slot is from its home, and how far the free one is.
      if ((i - home & this.#mask) < (i - free & this.#mask)) continue;
      slots.copyWithin(free * SLOT, at, at + SLOT);
      slots[at + 2] = 0;
      free = i;
    }
  }

  /** The slot at which the search for a key begins. */
  #home(high: number, low: number): number {
    // The last step of MurmurHash3 mixes each half: https://github.com/aappleby/smhasher
    return mix(mix(high ^ this.#seed) ^ low) & this.#mask;
  }
}

function mix(bits: number): number {
  bits = Math.imul(bits ^ bits >>> 16, 0x85ebca6b);
  bits = Math.imul(bits ^ bits >>> 13, 0xc2b2ae35);
  return bits ^ bits >>> 16;
}

/** How many integers a table takes that stays half empty with so many addresses. */
export function tableLength(addresses: number): number {
  return SLOT * 2 ** Math.ceil(Math.log2(2 * addresses));
}
