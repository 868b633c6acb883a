import { Deque } from "../journal/deque.ts";
import { compareEventIds, type EventId } from "../events/event_id.ts";
import { type Frame, withChannel } from "../events/frame.ts";

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

/** A frame at its position. */
interface Entry extends Position {
  readonly frame: Frame;
  named?: Frame;
}

/** One channel's newest frames, in order, bounded by count and by bytes. */
export class Ring {
  readonly #channel: string;
  readonly #limits: RingLimits;
  readonly #entries = new Deque<Entry>();
  #bytes = 0;
  #floor: Position;

  /** @param floor The hub's position now: earlier events never were in this ring. */
  constructor(channel: string, floor: Position, limits: RingLimits) {
    this.#channel = channel;
    this.#floor = floor;
    this.#limits = limits;
  }

  /** Every event after this position is held. */
  get floor(): Position {
    return this.#floor;
  }

  push({ ordinal, id }: Position, frame: Frame): void {
    this.#entries.push({ ordinal, id, frame });
    this.#bytes += frame.length;
    const { maxFrames, maxBytes } = this.#limits;
    while (
      this.#entries.length > 1 &&
      (this.#entries.length > maxFrames || this.#bytes > maxBytes)
    ) {
      const entry = this.#entries.shift()!;
      this.#bytes -= entry.frame.length;
      this.#floor = { ordinal: entry.ordinal, id: entry.id };
    }
  }

  /** Lets go of everything up to a position. */
  skip(to: Position): void {
    this.#entries.clear();
    this.#bytes = 0;
    this.#floor = to;
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
      yield named ? { ...entry, frame: this.#named(entry) } : entry;
    }
  }

  #named(entry: Entry): Frame {
    return entry.named ??= withChannel(entry.frame, this.#channel);
  }

  #indexAfter(ordinal: number): number {
    return this.#entries.firstIndex((entry) => entry.ordinal > ordinal);
  }
}
