import { concat } from "@std/bytes/concat";
import type { EventId } from "../events/event_id.ts";
import { type Frame, HEARTBEAT, type Status } from "../events/frame.ts";
import type { Position, Ring } from "./ring.ts";

/** A subscriber, as its audience knows it. No method throws: a failure costs the stream, and the others go on. */
export interface AudienceMember {
  /** The index among the audience's parked members, -1 while not parked. Set by the audience. */
  slot: number;
  /** The hub's beat at the last write. */
  readonly writtenBeat: number;
  /** Goes on after having been parked. May unpark the member, but no other one. */
  wake(): void;
  /** Writes bytes between two events. May unpark the member, but no other one. */
  write(bytes: Frame): void;
  /** Ends the stream with a status. */
  close(status: Status): void;
  /** Cuts the stream. */
  fail(error: unknown): void;
}

/** How far a member of an audience has come. Shared by all members at the same position. */
export interface Cursor extends Position {
  /** How many events the audience had been sent up to there. */
  readonly total: number;
}

/** Frames for one write. Shared by all members that take them from the same cursor. */
export interface Chunk {
  readonly bytes: Frame;
  readonly count: number;
  readonly next: Cursor;
}

/** The size of one write, in bytes, unless a single frame is larger: a member that stops reading holds no more than this. */
const MAX_CHUNK_BYTES = 64 * 1024;

/** How many chunks are kept at most for others at the same cursor. */
const MAX_CHUNKS = 16;

/** The subscribers of the same channels, and what they share. */
export class Audience {
  /** The channels' names, sorted. */
  readonly channels: readonly string[];
  readonly members: Set<AudienceMember> = new Set();
  readonly #rings: readonly Ring[];
  readonly #chunks = new Map<number, Chunk>();
  readonly #parked: AudienceMember[] = [];
  #total = 0;

  /** @param rings One for each channel. */
  constructor(channels: readonly string[], rings: readonly Ring[]) {
    this.channels = channels;
    this.#rings = rings;
  }

  /** Whether events name their channel, as they must on a stream of several. */
  get isNamed(): boolean {
    return this.channels.length > 1;
  }

  /** How many events it has been sent. */
  get total(): number {
    return this.#total;
  }

  /** Counts one more event in one of the rings. */
  grow(): void {
    this.#total++;
    this.#chunks.clear();
  }

  /** The cursor after everything so far. */
  end({ ordinal, id }: Position): Cursor {
    return { ordinal, id, total: this.#total };
  }

  /** The oldest cursor after which every ring holds everything. */
  oldest(): Cursor {
    return this.#cursor(
      this.#rings.map((ring) => ring.floor)
        .reduce((a, b) => a.ordinal > b.ordinal ? a : b),
    );
  }

  /** The cursor after an id; nothing where a ring does not reach back that far. */
  seek(id: EventId): Cursor | undefined {
    let last: Position | undefined;
    for (const ring of this.#rings) {
      const position = ring.seek(id);
      if (!position) return undefined;
      if (!last || position.ordinal > last.ordinal) last = position;
    }
    return this.#cursor({ ordinal: last!.ordinal, id });
  }

  /** Whether a ring has let go of events after the cursor. */
  hasLost(cursor: Cursor): boolean {
    return this.#rings.some((ring) => ring.floor.ordinal > cursor.ordinal);
  }

  /** The frames after a cursor that has lost none, as many as one write takes; nothing where there are none. */
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

  /** Has the next flush wake the member. */
  park(member: AudienceMember): void {
    member.slot = this.#parked.push(member) - 1;
  }

  /** Has no flush wake the member, if one would. */
  unpark(member: AudienceMember): void {
    if (member.slot < 0) return;
    const last = this.#parked.pop()!;
    if (last !== member) {
      this.#parked[member.slot] = last;
      last.slot = member.slot;
    }
    member.slot = -1;
  }

  /** Wakes every parked member. */
  flush(): void {
    // From the end: the member that takes the slot of an unparked one has had its turn.
    for (let i = this.#parked.length - 1; i >= 0; i--) this.#parked[i]!.wake();
  }

  /** Writes a comment to each parked member whose last write was at or before the beat. */
  beat(lastBeat: number): void {
    // From the end: the member that takes the slot of an unparked one has had its turn.
    for (let i = this.#parked.length - 1; i >= 0; i--) {
      const member = this.#parked[i]!;
      if (member.writtenBeat > lastBeat) continue;
      member.write(HEARTBEAT);
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
    let last: (Position & { frame: Frame }) | undefined;
    for (const entry of this.#inOrder(cursor.ordinal)) {
      size += entry.frame.length;
      if (last && size > MAX_CHUNK_BYTES) break;
      frames.push(entry.frame);
      last = entry;
    }
    return last && {
      // Most chunks have one frame: that one is not copied.
      bytes: frames.length > 1 ? concat(frames) : last.frame,
      count: frames.length,
      next: {
        ordinal: last.ordinal,
        id: last.id,
        total: cursor.total + frames.length,
      },
    };
  }

  /** Merges the rings in the order of their ordinals. */
  *#inOrder(ordinal: number): Generator<Position & { frame: Frame }> {
    const sources = this.#rings.map((ring) =>
      ring.after(ordinal, this.isNamed)
    );
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
