import type { Frame } from "../events/frame.ts";
import { ByteCount } from "./byte_count.ts";
import { type Kept, KeptList } from "./kept.ts";

/** What a frame takes besides its own bytes: an array, a buffer, and its place in what holds it. */
const FRAME_OVERHEAD = 256;

/** A stream whose reader has not taken its last bytes. */
export interface Holder {
  /** Cuts the stream, so that its bytes are let go. */
  cut(): void;
}

/** Options for {@linkcode Memory}. */
export interface MemoryOptions {
  /** How much all threads may hold together, in bytes. */
  maxBytes: number;
  count: ByteCount;
  /** How many copies of a frame there are: a listener may need one of its own. */
  copies?: number;
}

/**
 * Bounds the bytes that are held for readers. What is held by several counts once. Where it is too much, the oldest goes
 * first: of what can be found elsewhere, else of what readers have not taken for longest. The newest stays, whatever its
 * size.
 */
export class Memory {
  readonly #maxBytes: number;
  readonly #count: ByteCount;
  readonly #copies: number;
  readonly #holds = new Map<Frame, number>();
  readonly #kept = new KeptList();
  /** The streams that were given bytes, oldest first. */
  readonly #given = new Map<Frame, Set<Holder>>();
  #isCutting = false;

  constructor({ maxBytes, count, copies = 1 }: MemoryOptions) {
    this.#maxBytes = maxBytes;
    this.#count = count;
    this.#copies = copies;
  }

  /** A memory without bounds. */
  static unbounded(): Memory {
    const count = new ByteCount(ByteCount.share(1), 0);
    return new Memory({ maxBytes: Infinity, count });
  }

  /** How much all threads hold. */
  get bytes(): number {
    return this.#count.total;
  }

  /** Keeps something new, of which the frames are held already. */
  keep(kept: Kept): void {
    this.#kept.add(kept);
    this.trim();
  }

  /** Keeps it no longer. */
  drop(kept: Kept): void {
    this.#kept.remove(kept);
  }

  /** Counts a frame's bytes, once for all that hold it. */
  hold(frame: Frame): void {
    const holds = this.#holds.get(frame) ?? 0;
    this.#holds.set(frame, holds + 1);
    if (holds === 0) this.#count.add(this.#costOf(frame));
  }

  /** Ends one {@linkcode Memory.hold}. */
  release(frame: Frame): void {
    const holds = this.#holds.get(frame)! - 1;
    if (holds > 0) {
      this.#holds.set(frame, holds);
      return;
    }
    this.#holds.delete(frame);
    this.#count.remove(this.#costOf(frame));
  }

  /** Counts bytes that a stream's reader has not taken yet. */
  give(bytes: Frame, holder: Holder): void {
    const holders = this.#given.get(bytes);
    if (holders) {
      holders.add(holder);
      return;
    }
    this.#given.set(bytes, new Set([holder]));
    this.hold(bytes);
    this.trim();
  }

  /** Ends a {@linkcode Memory.give}: the reader has taken the bytes, or has left. */
  taken(bytes: Frame, holder: Holder): void {
    const holders = this.#given.get(bytes)!;
    holders.delete(holder);
    if (holders.size > 0) return;
    this.#given.delete(bytes);
    this.release(bytes);
  }

  /** Lets go of what is too much. Call now and then: other threads hold more, too. */
  trim(): void {
    while (this.#isTooMuch) {
      const { oldest, newest } = this.#kept;
      if (!oldest || oldest === newest) {
        this.#cutSoon();
        return;
      }
      this.#kept.remove(oldest);
      oldest.letGo();
    }
  }

  get #isTooMuch(): boolean {
    return this.#count.total > this.#maxBytes;
  }

  /** Not at once: whoever holds something new is in the middle of its work with the streams. */
  #cutSoon(): void {
    if (this.#isCutting || this.#given.size === 0) return;
    this.#isCutting = true;
    queueMicrotask(() => {
      this.#isCutting = false;
      for (const holders of this.#given.values()) {
        if (!this.#isTooMuch || this.#given.size === 1) return;
        for (const holder of [...holders]) holder.cut();
      }
    });
  }

  #costOf({ length }: Frame): number {
    return (length + FRAME_OVERHEAD) * this.#copies;
  }
}
