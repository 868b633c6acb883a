import type { EventId } from "../events/event_id.ts";
import type { Cursor } from "./cursor.ts";

/** How many are remembered at most: a member that was asleep for longer reads on from its own last event. */
const MAX_SKIPS = 64;

/** A part of the timeline that an audience was not sent. */
interface Skip {
  /** Where the hub stood before. */
  readonly from: EventId;
  /** How many events the audience had been sent by then. */
  readonly total: number;
}

/** The parts of the timeline that an audience was not sent, as the tail left them out. */
export class Skips {
  readonly #skips = new Map<number, Skip>();
  #count = 0;

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  add(skip: Skip): void {
    this.#skips.set(this.#count, skip);
    this.#count++;
    this.#skips.delete(this.#count - 1 - MAX_SKIPS);
  }

  /**
   * The id after which everything is still to come for a member at a cursor. A member that had been sent everything stood
   * where the hub did, which may be long after the member's last event.
   */
  placeOf(cursor: Cursor): EventId {
    const skip = this.#skips.get(cursor.skips);
    return skip?.total === cursor.total ? skip.from : cursor.id;
  }
}
