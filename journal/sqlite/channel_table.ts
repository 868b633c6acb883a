import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Place } from "../../events/event_id.ts";
import { MAX_MATCHING, namesBetween } from "../asked.ts";
import type { Floor } from "../proof.ts";

/** What is held of a channel. */
export interface ChannelRow {
  events: number;
  notes: number;
  /** The size of all its records. */
  bytes: number;
  /** The floor of what it alone has lost. */
  floor: Floor | undefined;
}

/** How much a pattern covers of what is held. */
export interface Reach {
  /** What the names of its channels begin with. */
  readonly stem: string;
  readonly channels: number;
  /** How many events and notes. */
  readonly records: number;
}

/** The channels of which something is held. What is changed is written by {@linkcode ChannelTable.save}. */
export class ChannelTable {
  readonly #one: StatementSync;
  readonly #reach: StatementSync;
  readonly #floors: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #changed = new Map<string, ChannelRow>();

  constructor(database: DatabaseSync) {
    this.#one = database.prepare(
      "SELECT events, notes, bytes, floor, floor_ms FROM channel WHERE name = ?",
    );
    this.#reach = database.prepare(
      `SELECT count(*) AS channels, coalesce(sum(events + notes), 0) AS records
       FROM (SELECT events, notes FROM channel WHERE name >= ? AND name < ?
             LIMIT ${MAX_MATCHING + 1})`,
    );
    this.#floors = database.prepare(
      `SELECT floor, floor_ms FROM channel
       WHERE name >= ? AND name < ? AND floor IS NOT NULL`,
    );
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO channel VALUES (?, ?, ?, ?, ?, ?)",
    );
    this.#delete = database.prepare("DELETE FROM channel WHERE name = ?");
  }

  /** The names of the channels that were changed since the last transaction. */
  get changed(): string[] {
    return [...this.#changed.keys()];
  }

  /** The floor of what a channel alone has lost. */
  floorOf(name: string): Floor | undefined {
    return (this.#changed.get(name) ?? this.#read(name))?.floor;
  }

  /** Of the channels whose names begin with a stem, the floors of what they alone have lost. Only what was saved counts. */
  floorsOf(stem: string): (Floor | undefined)[] {
    return this.#floors.all(...namesBetween(stem)).map(toFloor);
  }

  /** How much is held of the channels whose names begin with a stem, as far as was saved. Too many are not counted on. */
  reachOf(stem: string): Reach {
    const row = this.#reach.get(...namesBetween(stem));
    return { stem, ...row as { channels: number; records: number } };
  }

  /** A channel's row, to be changed. */
  change(name: string): ChannelRow {
    let row = this.#changed.get(name);
    if (!row) {
      row = this.#read(name) ??
        { events: 0, notes: 0, bytes: 0, floor: undefined };
      this.#changed.set(name, row);
    }
    return row;
  }

  /**
   * Writes what was changed. A channel that has no records any more is forgotten: the floor of all has passed its own.
   */
  save(): void {
    for (const [name, { events, notes, bytes, floor }] of this.#changed) {
      if (events + notes === 0) this.#delete.run(name);
      else {
        this.#put.run(
          name,
          events,
          notes,
          bytes,
          floor?.place ?? null,
          floor?.timeMs ?? null,
        );
      }
    }
  }

  /** Forgets the changes: they were committed, or never will be. */
  forgetChanges(): void {
    this.#changed.clear();
  }

  #read(name: string): ChannelRow | undefined {
    const row = this.#one.get(name);
    if (!row) return undefined;
    const { events, notes, bytes } = row;
    return {
      events: events as number,
      notes: notes as number,
      bytes: bytes as number,
      floor: toFloor(row),
    };
  }
}

function toFloor(
  { floor, floor_ms: timeMs }: Record<string, unknown>,
): Floor | undefined {
  if (floor === null) return undefined;
  return { place: floor as Place, timeMs: timeMs as number };
}
