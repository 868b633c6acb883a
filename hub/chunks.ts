import type { Chunk, Cursor } from "./cursor.ts";
import { Kept } from "./kept.ts";
import type { Memory } from "./memory.ts";

/** How many are kept at most for others at the same cursor. */
const MAX_CHUNKS = 16;

/** A chunk that was copied out of the rings. */
class KeptChunk extends Kept {
  readonly chunk: Chunk;
  readonly #onLetGo: () => void;

  constructor(chunk: Chunk, onLetGo: () => void) {
    super();
    this.chunk = chunk;
    this.#onLetGo = onLetGo;
  }

  letGo(): void {
    this.#onLetGo();
  }
}

/** The chunks that members of one audience took last, for others at the same cursors. */
export class Chunks {
  readonly #memory: Memory;
  /** By the ordinals of their cursors. */
  readonly #kept = new Map<number, KeptChunk>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  find({ ordinal }: Cursor): Chunk | undefined {
    return this.#kept.get(ordinal)?.chunk;
  }

  keep({ ordinal }: Cursor, chunk: Chunk): void {
    if (this.#kept.size === MAX_CHUNKS) this.clear();
    const kept = new KeptChunk(chunk, () => {
      this.#kept.delete(ordinal);
      this.#memory.release(chunk.bytes);
    });
    this.#kept.set(ordinal, kept);
    this.#memory.hold(chunk.bytes);
    this.#memory.keep(kept);
  }

  clear(): void {
    if (this.#kept.size === 0) return;
    for (const kept of this.#kept.values()) {
      this.#memory.drop(kept);
      kept.letGo();
    }
  }
}
