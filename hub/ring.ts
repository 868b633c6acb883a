import { Deque } from "../journal/deque.ts";
import { compareEventIds, type EventId } from "../events/event_id.ts";
import { type Frame, withChannel } from "../events/frame.ts";

/** A place in a hub's one order: behind its `ordinal`-th event, whose id is `id`. */
export interface Position {
  readonly ordinal: number;
  readonly id: EventId;
}

/** How much a ring holds. The newest frame is held whatever its size. */
export interface RingLimits {
  maxFrames: number;
  maxBytes: number;
}

/** A frame at its place. */
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

  /** @param floor Where the hub stands now: what came before was never here. */
  constructor(channel: string, floor: Position, limits: RingLimits) {
    this.#channel = channel;
    this.#floor = floor;
    this.#limits = limits;
  }

  /** Everything behind this place is held. */
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

  /** Lets go of everything up to a place that is not held. */
  skip(to: Position): void {
    this.#entries.clear();
    this.#bytes = 0;
    this.#floor = to;
  }

  /** How many held frames lie behind the place. */
  countAfter(ordinal: number): number {
    return this.#entries.length - this.#indexAfter(ordinal);
  }

  /** The last event at or before the id, among those held, else the floor; nothing where the ring begins later. */
  seek(id: EventId): Position | undefined {
    if (compareEventIds(id, this.#floor.id) < 0) return undefined;
    const index = this.#entries.indexBehind((entry) =>
      compareEventIds(entry.id, id) > 0
    );
    return index > 0 ? this.#entries.at(index - 1)! : this.#floor;
  }

  /** The frames behind the place, oldest first, each with its place. */
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
    return this.#entries.indexBehind((entry) => entry.ordinal > ordinal);
  }
}
