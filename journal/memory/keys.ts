import type { EventId } from "../../events/event_id.ts";
import { checkKeys, type FirstUse } from "../check_keys.ts";
import { Deque } from "../deque.ts";
import type { Entry, Keyed } from "../journal.ts";
import { KEY_LIFETIME_MS, MAX_KEYS } from "../keyed_store.ts";
import type { StoreClock } from "../store_clock.ts";

/** A key's first publication. */
interface Known {
  readonly hash: string;
  readonly id: EventId;
  readonly channel: string;
  /** In ms since 1970. */
  readonly atMs: number;
}

/** The keys of what was published, oldest first. */
export class Keys {
  readonly #known = new Map<string, Known>();
  /** Their names, oldest first: a `Map` looks at all that were removed from its beginning before it finds its first. */
  readonly #names = new Deque<string>();

  /** Checks the keys of a batch, see {@linkcode checkKeys}. */
  check(entries: readonly Entry[]): Map<string, FirstUse> {
    return checkKeys(entries, (name) => this.#known.get(name));
  }

  /** Keeps a key. */
  add({ name, hash }: Keyed, first: Omit<Known, "hash">): void {
    this.#known.set(name, { ...first, hash });
    this.#names.push(name);
  }

  /**
   * Forgets the oldest keys: those beyond their number, and those whose event is gone once they have lived long enough.
   *
   * @param isHeld Whether a key's event is still held.
   */
  expire(
    isHeld: (channel: string, id: EventId) => boolean,
    clock: StoreClock,
  ): void {
    const oldestMs = clock.nowMs - KEY_LIFETIME_MS;
    for (let name; (name = this.#names.at(0)) !== undefined;) {
      const { channel, id, atMs } = this.#known.get(name)!;
      const isKept = this.#known.size <= MAX_KEYS &&
        (clock.countedMs(atMs) >= oldestMs || isHeld(channel, id));
      if (isKept) return;
      this.#names.shift();
      this.#known.delete(name);
    }
  }
}
