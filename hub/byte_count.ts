/** What is counted at once, in bytes: so the count of many GiB is a number that threads can add to in one step. */
const UNIT = 64;

/** A count of bytes that several threads add to, each in a slot of its own. */
export class ByteCount {
  /** What the threads share. */
  readonly buffer: SharedArrayBuffer;
  readonly #units: Int32Array;
  readonly #slot: number;

  /**
   * @param buffer What the threads share, see {@linkcode ByteCount.share}.
   * @param slot Which one is this thread's.
   */
  constructor(buffer: SharedArrayBuffer, slot: number) {
    this.buffer = buffer;
    this.#units = new Int32Array(buffer);
    this.#slot = slot;
  }

  /** Makes what threads share. */
  static share(slots: number): SharedArrayBuffer {
    return new SharedArrayBuffer(slots * Int32Array.BYTES_PER_ELEMENT);
  }

  /** What all threads hold together. */
  get total(): number {
    let units = 0;
    for (let i = 0; i < this.#units.length; i++) {
      units += Atomics.load(this.#units, i);
    }
    return units * UNIT;
  }

  /** Counts bytes. They are rounded up, so take off what was added, and not a part of it. */
  add(bytes: number): void {
    Atomics.add(this.#units, this.#slot, Math.ceil(bytes / UNIT));
  }

  /** Takes bytes off that were added. */
  remove(bytes: number): void {
    Atomics.sub(this.#units, this.#slot, Math.ceil(bytes / UNIT));
  }

  /** Forgets what a thread held that has ended. */
  clear(): void {
    Atomics.store(this.#units, this.#slot, 0);
  }
}
