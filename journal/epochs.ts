import {
  compareEventIds,
  epochOf,
  type EventId,
  type Place,
} from "../events/event_id.ts";

/** How many epochs are remembered at most. */
export const MAX_EPOCHS = 1_000;

const LETTERS =
  "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** One life of a store. */
export interface Epoch {
  /** Six letters or digits; empty for the time before there were epochs. */
  readonly name: string;
  /** The last place given out when it began, which is where the one before ends. */
  readonly start: Place;
}

/** Draws the name of an epoch. */
export function drawEpoch(): string {
  const values = crypto.getRandomValues(new Uint32Array(6));
  return [...values].map((value) => LETTERS[value % LETTERS.length]).join("");
}

/** The lives of one store, oldest first. */
export class Epochs {
  #list: readonly Epoch[];

  constructor(list: readonly Epoch[] = []) {
    this.#list = list;
  }

  get list(): readonly Epoch[] {
    return this.#list;
  }

  /** The same lives, to be changed apart from these. */
  copy(): Epochs {
    return new Epochs(this.#list);
  }

  /** The name of the present one; empty where none has begun. */
  get current(): string {
    return this.#list.at(-1)?.name ?? "";
  }

  /**
   * Begins an epoch.
   *
   * @param start The last place given out.
   */
  begin(name: string, start: Place): void {
    this.#list = [...this.#list, { name, start }].slice(-MAX_EPOCHS);
  }

  /**
   * Whether this store has given the id out: it lies after its epoch's beginning, and not after its end.
   *
   * @param last The last place given out.
   */
  isKnown(id: EventId, last: EventId): boolean {
    const index = this.#list.findIndex(({ name }) => name === epochOf(id));
    const epoch = this.#list[index];
    if (!epoch) return false;
    const end = this.#list[index + 1]?.start ?? last;
    return compareEventIds(id, epoch.start) > 0 &&
      compareEventIds(id, end) <= 0;
  }

  /** The name of the epoch that gave out a place; empty where that is not known any more. */
  nameAt(place: Place): string {
    // Most are of the newest.
    const epoch = this.#list.findLast(({ start }) =>
      compareEventIds(start, place) < 0
    );
    return epoch?.name ?? "";
  }

  /** Forgets the epochs that end before a floor: nothing can be proved from their ids. */
  forget(floor: EventId): void {
    const index = this.#list.findIndex((_, i) => {
      const end = this.#list[i + 1]?.start;
      return end === undefined || compareEventIds(end, floor) >= 0;
    });
    if (index > 0) this.#list = this.#list.slice(index);
  }
}
