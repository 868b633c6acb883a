import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  compareEventIds,
  type EventId,
  type Place,
} from "../../events/event_id.ts";
import { checkKeys, type FirstUse } from "../check_keys.ts";
import type { Entry, Keyed } from "../journal.ts";
import { KEY_LIFETIME_MS, MAX_KEYS } from "../keyed_store.ts";
import type { StoreClock } from "../store_clock.ts";
import type { Draft } from "./draft.ts";
import { parts, type RowPlace, toPlace } from "./rows.ts";

/** A key's first publication. */
interface Row extends RowPlace {
  name: string;
  channel: string;
  at: number;
}

/** The keys of what was published, oldest first. */
export class SqliteKeys {
  readonly #clock: StoreClock;
  readonly #one: StatementSync;
  readonly #add: StatementSync;
  readonly #oldest: StatementSync;
  readonly #remove: StatementSync;

  constructor(database: DatabaseSync, clock: StoreClock) {
    this.#clock = clock;
    this.#one = database.prepare("SELECT hash, id FROM key WHERE name = ?");
    this.#add = database.prepare(
      "INSERT INTO key (name, hash, id, ms, n, channel, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#oldest = database.prepare(
      "SELECT name, ms, n, channel, at FROM key ORDER BY ms, n LIMIT 1",
    );
    this.#remove = database.prepare("DELETE FROM key WHERE name = ?");
  }

  /** Checks the keys of a batch, see {@linkcode checkKeys}. */
  check(entries: readonly Entry[]): Map<string, FirstUse> {
    return checkKeys(entries, (name) => {
      const row = this.#one.get(toText(name));
      return row &&
        { hash: JSON.parse(row.hash as string), id: row.id as EventId };
    });
  }

  /** Keeps a key. */
  add(draft: Draft, key: Keyed, id: EventId, channel: string): void {
    this.#add.run(
      toText(key.name),
      toText(key.hash),
      id,
      ...parts(id),
      channel,
      this.#clock.nowMs,
    );
    draft.keyCount++;
  }

  /**
   * Forgets the oldest keys: those beyond their number, and those whose event is gone once they have lived long enough.
   */
  expire(draft: Draft): void {
    // One by one: seldom is any to be forgotten, and every commit asks.
    for (let row; (row = this.#oldest.get() as unknown as Row | undefined);) {
      if (this.#isKept(draft, row)) return;
      this.#remove.run(row.name);
      draft.keyCount--;
    }
  }

  #isKept(draft: Draft, { ms, n, channel, at }: Row): boolean {
    if (draft.keyCount > MAX_KEYS) return false;
    const oldestMs = this.#clock.nowMs - KEY_LIFETIME_MS;
    return this.#clock.countedMs(at) >= oldestMs ||
      isHeld(draft, channel, toPlace({ ms, n }));
  }
}

function isHeld(draft: Draft, channel: string, place: Place): boolean {
  return [draft.floor, draft.channels.floorOf(channel)].every((floor) =>
    !floor || compareEventIds(place, floor.place) > 0
  );
}

/** SQLite reads a text only up to its first NUL. */
function toText(text: string): string {
  return JSON.stringify(text);
}
