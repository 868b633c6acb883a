import { Deque } from "../journal/deque.ts";
import { compareEventIds, type EventId } from "../events/event_id.ts";
import type { Frame } from "../events/frame.ts";
import type { EncodedEvent } from "./encoded_event.ts";
import { Kept } from "./kept.ts";
import type { Memory } from "./memory.ts";

/** A position in a hub's one order: after its `ordinal`-th event, whose id is `id`. */
export interface Position {
  readonly ordinal: number;
  readonly id: EventId;
}

/** How much a ring holds. The newest frame is held whatever its size. */
export interface RingLimits {
  maxFrames: number;
  maxBytes: number;
}

/** An event at its position. */
class Entry extends Kept implements Position {
  readonly ring: Ring;
  readonly ordinal: number;
  readonly id: EventId;
  readonly event: EncodedEvent;
  named: Frame | undefined;

  constructor(ring: Ring, { ordinal, id }: Position, event: EncodedEvent) {
    super();
    this.ring = ring;
    this.ordinal = ordinal;
    this.id = id;
    this.event = event;
  }

  get frame(): Frame {
    return this.event.frame;
  }

  letGo(): void {
    this.ring.shift();
  }
}

/**
 * The newest frames of a channel or a pattern, in order, bounded by count and by bytes, and by what all rings may hold
 * together.
 */
export class Ring {
  readonly #limits: RingLimits;
  readonly #memory: Memory;
  readonly #entries = new Deque<Entry>();
  #bytes = 0;
  #floor: Position;

  /** @param floor The hub's position now: earlier events never were in this ring. */
  constructor(floor: Position, limits: RingLimits, memory: Memory) {
    this.#floor = floor;
    this.#limits = limits;
    this.#memory = memory;
  }

  /** Every event after this position is held. */
  get floor(): Position {
    return this.#floor;
  }

  push(position: Position, event: EncodedEvent): void {
    const { frame } = event;
    const entry = new Entry(this, position, event);
    this.#entries.push(entry);
    this.#bytes += frame.length;
    this.#memory.hold(frame);
    this.#memory.keep(entry);
    const { maxFrames, maxBytes } = this.#limits;
    while (
      this.#entries.length > 1 &&
      (this.#entries.length > maxFrames || this.#bytes > maxBytes)
    ) {
      this.#memory.drop(this.#entries.at(0)!);
      this.shift();
    }
  }

  /** Lets go of the oldest frame, which the memory keeps no longer. */
  shift(): void {
    const { ordinal, id, event, frame, named } = this.#entries.shift()!;
    this.#bytes -= frame.length;
    this.#floor = { ordinal, id };
    this.#memory.release(frame);
    if (!named) return;
    this.#memory.release(named);
    event.giveNamed();
  }

  /** Lets go of everything up to a position. */
  skip(to: Position): void {
    for (let entry; (entry = this.#entries.at(0));) {
      this.#memory.drop(entry);
      this.shift();
    }
    this.#floor = to;
  }

  /** Whether frames are held after the position. */
  hasAfter(ordinal: number): boolean {
    const newest = this.#entries.at(this.#entries.length - 1);
    return newest !== undefined && newest.ordinal > ordinal;
  }

  /** How many frames are held after the position. */
  countAfter(ordinal: number): number {
    return this.#entries.length - this.#indexAfter(ordinal);
  }

  /** The position of the last held event at or before the id, else the floor; nothing where the floor is after the id. */
  seek(id: EventId): Position | undefined {
    if (compareEventIds(id, this.#floor.id) < 0) return undefined;
    const index = this.#entries.firstIndex((entry) =>
      compareEventIds(entry.id, id) > 0
    );
    return index > 0 ? this.#entries.at(index - 1)! : this.#floor;
  }

  /** The frames after a position, oldest first. With `named`, each as a stream of several channels carries it. */
  *after(
    ordinal: number,
    named: boolean,
  ): Generator<Position & { frame: Frame }> {
    let index = this.#indexAfter(ordinal);
    for (let entry; (entry = this.#entries.at(index)); index++) {
      const { ordinal, id } = entry;
      yield named ? { ordinal, id, frame: this.#named(entry) } : entry;
    }
  }

  #named(entry: Entry): Frame {
    if (!entry.named) {
      entry.named = entry.event.takeNamed();
      // Nothing is let go for it now, while the entries are gone through.
      this.#memory.hold(entry.named);
    }
    return entry.named;
  }

  #indexAfter(ordinal: number): number {
    return this.#entries.firstIndex((entry) => entry.ordinal > ordinal);
  }
}
