import type { Frame } from "../events/frame.ts";
import type { Holder, Memory } from "./memory.ts";

/** The bytes that one stream's reader has not taken yet, as far as that is known. */
export class Untaken {
  readonly #memory: Memory;
  readonly #holder: Holder;
  #bytes: Frame | undefined;

  constructor(memory: Memory, holder: Holder) {
    this.#memory = memory;
    this.#holder = holder;
  }

  /** Notes bytes that were written. Those before them were taken. */
  set(bytes: Frame): void {
    this.clear();
    this.#bytes = bytes;
    this.#memory.give(bytes, this.#holder);
  }

  /** Notes that all bytes were taken, or that the reader has left. */
  clear(): void {
    if (this.#bytes) this.#memory.taken(this.#bytes, this.#holder);
    this.#bytes = undefined;
  }
}
