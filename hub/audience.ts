import type { EventId } from "../events/event_id.ts";
import { type Frame, HEARTBEAT, type Status } from "../events/frame.ts";
import { Chunks } from "./chunks.ts";
import type { Chunk, Cursor } from "./cursor.ts";
import { gather } from "./gather.ts";
import type { Memory } from "./memory.ts";
import type { Position, Ring } from "./ring.ts";
import type { Selection } from "./selection.ts";
import { Skips } from "./skips.ts";

/** A subscriber, as its audience knows it. No method throws: a failure costs the stream, and the others go on. */
export interface AudienceMember {
  /** The index among the audience's parked members, -1 while not parked. Set by the audience. */
  slot: number;
  /** The hub's beat at the last write. */
  readonly writtenBeat: number;
  /** After how many beats of silence it gets a comment. */
  readonly heartbeatS: number;
  /** Goes on after having been parked. May unpark the member, but no other one. */
  wake(): void;
  /** Writes bytes between two events. May unpark the member, but no other one. */
  write(bytes: Frame): void;
  /**
   * Says anew where the stream stands, if its last id is before a place. May unpark the member, but no other one.
   */
  refresh(newerHalf: EventId): void;
  /** Ends the stream with a status. */
  close(status: Status): void;
  /** Cuts the stream. */
  fail(error: unknown): void;
}

/** The subscribers of the same channels in the same format, and what they share. */
export class Audience {
  readonly selection: Selection;
  readonly members: Set<AudienceMember> = new Set();
  readonly #rings: readonly Ring[];
  readonly #chunks: Chunks;
  readonly #parked: AudienceMember[] = [];
  readonly #skips = new Skips();
  #total = 0;

  /** @param rings One for each of the channels and patterns. */
  constructor(selection: Selection, rings: readonly Ring[], memory: Memory) {
    this.selection = selection;
    this.#rings = rings;
    this.#chunks = new Chunks(memory);
  }

  /** How many events it has been sent. */
  get total(): number {
    return this.#total;
  }

  /** Counts one more event in one of the rings. */
  grow(): void {
    this.#total++;
    this.clear();
  }

  /** Lets go of the chunks that it keeps for others at the same cursor. */
  clear(): void {
    this.#chunks.clear();
  }

  /** How many parts of the timeline it was not sent. */
  get skips(): number {
    return this.#skips.count;
  }

  /**
   * Notes that it is not sent what follows in the timeline, and that the rings have let go.
   *
   * @param from Where the hub stood before.
   */
  skip(from: EventId): void {
    this.#skips.add({ from, total: this.#total });
    this.clear();
  }

  /** See {@linkcode Skips.placeOf}. */
  placeOf(cursor: Cursor): EventId {
    return this.#skips.placeOf(cursor);
  }

  /** The cursor after everything so far. */
  end({ ordinal, id }: Position): Cursor {
    return { ordinal, id, total: this.#total, skips: this.skips };
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

  /** Whether the rings do not hold all events after the cursor. */
  hasLost(cursor: Cursor): boolean {
    return cursor.skips !== this.skips ||
      this.#rings.some((ring) => ring.floor.ordinal > cursor.ordinal);
  }

  /** The frames after a cursor that has lost none, as many as one write takes; nothing where there are none. */
  take(cursor: Cursor): Chunk | undefined {
    let chunk = this.#chunks.find(cursor);
    if (!chunk) {
      chunk = gather(this.#rings, cursor, this.selection.isNamed);
      if (chunk) this.#chunks.keep(cursor, chunk);
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

  /**
   * Writes a comment to each parked member that was silent for too long.
   *
   * @param beat The hub's beat.
   * @param newerHalf Members whose last id is before this place get a newer one first.
   */
  beat(beat: number, newerHalf: EventId | undefined): void {
    // From the end: the member that takes the slot of an unparked one has had its turn.
    for (let i = this.#parked.length - 1; i >= 0; i--) {
      const member = this.#parked[i]!;
      if (newerHalf) member.refresh(newerHalf);
      if (beat - member.writtenBeat < member.heartbeatS) continue;
      member.write(HEARTBEAT);
    }
  }

  #cursor(position: Position): Cursor {
    return {
      ordinal: position.ordinal,
      id: position.id,
      total: this.#total - this.#countAfter(position.ordinal),
      skips: this.skips,
    };
  }

  #countAfter(ordinal: number): number {
    return this.#rings.reduce((n, ring) => n + ring.countAfter(ordinal), 0);
  }
}
