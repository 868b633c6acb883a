import type { Client } from "./subscriber.ts";
import { concat } from "../events/concat.ts";
import type { EventId } from "../events/event_id.ts";
import { type Frame, HEARTBEAT } from "../events/frame.ts";
import type { Position, Ring } from "./ring.ts";

/** How far a client of a feed has come. Shared by all clients at the same place. */
export interface Cursor extends Position {
  /** How many events the feed had carried there. */
  readonly total: number;
}

/** Frames for one write. Shared by all clients that take them from the same place. */
export interface Chunk {
  readonly bytes: Frame;
  readonly count: number;
  readonly next: Cursor;
}

/** One write's size, in bytes, unless a single frame is larger: all that a client that stops reading keeps from others. */
const MAX_CHUNK_BYTES = 64 * 1024;

/** How many chunks are kept for others who take from the same place, at most. */
const MAX_CHUNKS = 16;

/** The clients that asked for the same channels, and what they share. */
export class Feed {
  /** The channels' names, sorted. */
  readonly channels: readonly string[];
  readonly clients: Set<Client> = new Set();
  readonly #rings: readonly Ring[];
  readonly #chunks = new Map<number, Chunk>();
  readonly #parked: Client[] = [];
  #total = 0;

  /** @param rings One for each channel. */
  constructor(channels: readonly string[], rings: readonly Ring[]) {
    this.channels = channels;
    this.#rings = rings;
  }

  /** Whether events name their channel, as they must where there are several. */
  get named(): boolean {
    return this.channels.length > 1;
  }

  /** How many events it has carried. */
  get total(): number {
    return this.#total;
  }

  /** Takes note of one more event in one of the rings. */
  grow(): void {
    this.#total++;
    this.#chunks.clear();
  }

  /** The place behind everything so far. */
  end({ ordinal, id }: Position): Cursor {
    return { ordinal, id, total: this.#total };
  }

  /** The place behind which every ring still holds everything. */
  oldest(): Cursor {
    return this.#cursor(
      this.#rings.map((ring) => ring.floor)
        .reduce((a, b) => a.ordinal > b.ordinal ? a : b),
    );
  }

  /** The place behind the id, unless a ring begins later. */
  seek(id: EventId): Cursor | undefined {
    let last: Position | undefined;
    for (const ring of this.#rings) {
      const position = ring.seek(id);
      if (!position) return undefined;
      if (!last || position.ordinal > last.ordinal) last = position;
    }
    return this.#cursor({ ordinal: last!.ordinal, id });
  }

  /** Whether the cursor fell out of a ring. */
  isBehind(cursor: Cursor): boolean {
    return this.#rings.some((ring) => ring.floor.ordinal > cursor.ordinal);
  }

  /** All held frames behind a cursor that has not fallen out, as far as one write goes; nothing where there are none. */
  take(cursor: Cursor): Chunk | undefined {
    let chunk = this.#chunks.get(cursor.ordinal);
    if (!chunk) {
      chunk = this.#gather(cursor);
      if (chunk) {
        if (this.#chunks.size === MAX_CHUNKS) this.#chunks.clear();
        this.#chunks.set(cursor.ordinal, chunk);
      }
    }
    return chunk;
  }

  /** Puts the client among those that the next flush wakes. */
  park(client: Client): void {
    client.slot = this.#parked.push(client) - 1;
  }

  /** Takes a client that is parked out of those that the next flush wakes. */
  unpark(client: Client): void {
    if (client.slot < 0) return;
    const last = this.#parked.pop()!;
    if (last !== client) {
      this.#parked[client.slot] = last;
      last.slot = client.slot;
    }
    client.slot = -1;
  }

  /** Wakes every parked client. */
  flush(): void {
    // From the end: whoever takes an unparked client's slot has been looked at.
    for (let i = this.#parked.length - 1; i >= 0; i--) this.#parked[i]!.wake();
  }

  /** Sends a comment to each parked client that was last written to at or before the beat. */
  beat(lastBeat: number): void {
    // From the end: whoever takes an unparked client's slot has been looked at.
    for (let i = this.#parked.length - 1; i >= 0; i--) {
      const client = this.#parked[i]!;
      if (client.writtenBeat > lastBeat) continue;
      client.write(HEARTBEAT);
    }
  }

  #cursor(position: Position): Cursor {
    return {
      ordinal: position.ordinal,
      id: position.id,
      total: this.#total - this.#countAfter(position.ordinal),
    };
  }

  #countAfter(ordinal: number): number {
    return this.#rings.reduce((n, ring) => n + ring.countAfter(ordinal), 0);
  }

  #gather(cursor: Cursor): Chunk | undefined {
    const frames: Frame[] = [];
    let size = 0;
    let last: Position | undefined;
    for (const entry of this.#inOrder(cursor.ordinal)) {
      size += entry.frame.length;
      if (last && size > MAX_CHUNK_BYTES) break;
      frames.push(entry.frame);
      last = entry;
    }
    return last && {
      bytes: concat(frames),
      count: frames.length,
      next: {
        ordinal: last.ordinal,
        id: last.id,
        total: cursor.total + frames.length,
      },
    };
  }

  /** Merges the rings by ordinal. */
  *#inOrder(ordinal: number): Generator<Position & { frame: Frame }> {
    const sources = this.#rings.map((ring) => ring.after(ordinal, this.named));
    const heads = sources.map((source) => source.next().value);
    while (true) {
      let first = -1;
      for (let i = 0; i < heads.length; i++) {
        const head = heads[i];
        if (head && (first < 0 || head.ordinal < heads[first]!.ordinal)) {
          first = i;
        }
      }
      if (first < 0) return;
      yield heads[first]!;
      heads[first] = sources[first]!.next().value;
    }
  }
}
