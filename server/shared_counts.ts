import { type AddressKey, AddressTable, tableLength } from "./address_table.ts";

/** What is counted, besides addresses. */
const COUNTED = ["sockets", "connections", "streams", "pauses"] as const;

/**
 * - `sockets`: all that are open, whatever becomes of them;
 * - `connections`: those within the limits, or requests where the listener sees no connections;
 * - `streams`;
 * - `pauses`: how often accepting was stopped, as too many sockets were open.
 */
export type Counted = typeof COUNTED[number];

/** Memory for {@linkcode SharedCounts}. Plain data, so that it can be sent to another thread, which then shares it. */
export interface SharedMemory {
  readonly bytes: SharedArrayBuffer;
  /** How many threads count. */
  readonly threads: number;
  readonly seed: number;
}

/** A thread's part of the memory. */
export interface CountsPart {
  readonly memory: SharedMemory;
  /** The number of the thread, from 0. */
  readonly thread: number;
}

/** Allocates memory in which so many threads count so many connections together. */
export function shareCounts(
  threads: number,
  maxConnections: number,
): SharedMemory {
  const integers = COUNTED.length + tableLength(maxConnections);
  return {
    bytes: new SharedArrayBuffer(threads * integers * 4),
    threads,
    seed: crypto.getRandomValues(new Int32Array(1))[0]!,
  };
}

/**
 * Counts of all threads together. Each thread writes a part of its own, and reads those of the others: so a connection
 * waits for no answer of another thread, and what a thread counted that crashed can be forgotten. Two threads that look
 * at the same moment may each take the last place.
 */
export class SharedCounts {
  readonly #parts: readonly Part[];
  readonly #own: Part;

  constructor({ memory: { bytes, threads, seed }, thread }: CountsPart) {
    const length = bytes.byteLength / threads;
    this.#parts = Array.from(
      { length: threads },
      (_, i) => new Part(new Int32Array(bytes, i * length, length / 4), seed),
    );
    this.#own = this.#parts[thread]!;
  }

  /** Counts of one thread alone. */
  static alone(maxConnections: number): SharedCounts {
    return new SharedCounts({
      memory: shareCounts(1, maxConnections),
      thread: 0,
    });
  }

  /** How many threads count. */
  get threads(): number {
    return this.#parts.length;
  }

  /** How many there are, of all threads. */
  total(what: Counted): number {
    let sum = 0;
    for (const part of this.#parts) sum += part.get(what);
    return sum;
  }

  /** Says how many this thread has. */
  set(what: Counted, count: number): void {
    this.#own.set(what, count);
  }

  add(what: Counted, change: 1 | -1): void {
    this.#own.set(what, this.#own.get(what) + change);
  }

  /** How many connections of the address there are, of all threads. */
  ofAddress(key: AddressKey): number {
    let sum = 0;
    for (const { addresses } of this.#parts) sum += addresses.count(key);
    return sum;
  }

  addAddress(key: AddressKey): void {
    this.#own.addresses.add(key);
  }

  removeAddress(key: AddressKey): void {
    this.#own.addresses.remove(key);
  }

  /** Forgets what this thread's part says: the thread that counted there has ended. */
  clear(): void {
    this.#own.clear();
  }
}

/** What one thread has counted. */
class Part {
  readonly addresses: AddressTable;
  readonly #integers: Int32Array;

  constructor(integers: Int32Array, seed: number) {
    this.#integers = integers;
    this.addresses = new AddressTable(
      integers.subarray(COUNTED.length),
      seed,
    );
  }

  get(what: Counted): number {
    return this.#integers[COUNTED.indexOf(what)]!;
  }

  set(what: Counted, count: number): void {
    this.#integers[COUNTED.indexOf(what)] = count;
  }

  clear(): void {
    this.#integers.fill(0);
  }
}
