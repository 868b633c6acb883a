import { ByteCount } from "../hub/byte_count.ts";

/** The slots in which the main thread and the workers count what they hold for readers. */
export class HeldSlots {
  readonly buffer: SharedArrayBuffer;
  readonly #free: number[];

  /** @param workers How many workers there are at once. */
  constructor(workers: number) {
    // The first one is the main thread's.
    this.buffer = ByteCount.share(workers + 1);
    this.#free = Array.from({ length: workers }, (_, i) => i + 1);
  }

  /** Where the main thread counts. */
  get main(): ByteCount {
    return this.#countOf(0);
  }

  /** Takes a slot for a worker. */
  take(): number {
    const slot = this.#free.shift()!;
    // The worker that had it may have counted on for a moment after it was ended.
    this.#countOf(slot).clear();
    return slot;
  }

  /** Gives back the slot of a worker that was ended: it holds nothing any more. */
  give(slot: number): void {
    this.#countOf(slot).clear();
    this.#free.push(slot);
  }

  #countOf(slot: number): ByteCount {
    return new ByteCount(this.buffer, slot);
  }
}
