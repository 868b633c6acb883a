import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Retention } from "../journal.ts";
import { raise } from "../proof.ts";
import type { StoreClock } from "../store_clock.ts";
import type { Draft, Known } from "./draft.ts";
import { type RowPlace, toPlace } from "./rows.ts";
import { BY_CHANNEL } from "./timeline.ts";

/** How many rows are looked up at once. */
const PAGE = 1_000;

/** A record that is let go. */
interface Row extends RowPlace {
  channel: string;
  /** When it was appended, in ms since 1970. */
  at: number;
  note: string | null;
  bytes: number;
}

/** Removes what exceeds the retention, and raises the floors. */
export class Removal {
  readonly #database: DatabaseSync;
  readonly #retention: Retention;
  readonly #clock: StoreClock;
  readonly #oldest: StatementSync;
  readonly #remove: StatementSync;
  readonly #oldestOf: StatementSync;
  readonly #sumOf: StatementSync;
  readonly #removeOf: StatementSync;

  constructor(
    database: DatabaseSync,
    retention: Retention,
    clock: StoreClock,
  ) {
    this.#database = database;
    this.#retention = retention;
    this.#clock = clock;
    this.#oldest = database.prepare(
      `SELECT ms, n, channel, coalesce(at, ms) AS at, note, bytes FROM event ORDER BY ms, n LIMIT ${PAGE}`,
    );
    this.#remove = database.prepare(
      "DELETE FROM event WHERE (ms, n) <= (?, ?)",
    );
    this.#oldestOf = database.prepare(
      `SELECT ms, n, coalesce(at, ms) AS at FROM ${BY_CHANNEL}
       WHERE channel = ? AND note IS NULL ORDER BY ms, n LIMIT ?`,
    );
    const ofChannel = "FROM event WHERE channel = ? AND (ms, n) <= (?, ?)";
    this.#sumOf = database.prepare(
      `SELECT count(*) - count(note) AS events, count(note) AS notes, sum(bytes) AS bytes ${ofChannel}`,
    );
    this.#removeOf = database.prepare(`DELETE ${ofChannel}`);
  }

  /** Whether records are too old or too large to be kept, as far as is known. */
  isDue({ oldestMs, bytes }: Known): boolean {
    const { maxBytes } = this.#retention;
    // A time that is ahead of the clock counts as an older one, but there is none of an empty journal.
    const isEmpty = oldestMs === Infinity;
    return bytes > maxBytes || !isEmpty && this.#isTooOld(oldestMs);
  }

  /**
   * Removes the oldest events of the channels that have too many, and then, strictly oldest first, what is too old or too
   * much.
   *
   * @param channels The channels that may have too many.
   */
  run(draft: Draft, channels: readonly string[]): void {
    for (const name of channels) this.#trim(draft, name);
    if (this.isDue(draft)) this.#removeOldest(draft);
  }

  /** The channels that have too many events. */
  excessive(): string[] {
    return this.#database.prepare("SELECT name FROM channel WHERE events > ?")
      .all(this.#retention.maxEvents).map(({ name }) => name as string);
  }

  #trim(draft: Draft, name: string): void {
    const { maxEvents } = this.#retention;
    const channel = draft.channels.change(name);
    while (channel.events > maxEvents) {
      const count = Math.min(channel.events - maxEvents, PAGE);
      const rows = this.#oldestOf.all(name, count) as unknown as Row[];
      const end = rows.at(-1);
      if (!end) throw new Error("its channels do not fit its events");
      const { events, notes, bytes } = this.#sumOf.get(
        name,
        end.ms,
        end.n,
      ) as Record<string, number>;
      this.#removeOf.run(name, end.ms, end.n);
      channel.events -= events!;
      channel.notes -= notes!;
      channel.bytes -= bytes!;
      draft.bytes -= bytes!;
      for (const { ms, n, at } of rows) {
        const place = toPlace({ ms, n });
        channel.floor = raise(channel.floor, place, at, this.#clock);
      }
    }
  }

  #removeOldest(draft: Draft): void {
    while (true) {
      const rows = this.#oldest.all() as unknown as Row[];
      const kept = rows.findIndex((row) => !this.#letGo(draft, row));
      const end = rows[kept < 0 ? rows.length - 1 : kept - 1];
      if (end) this.#remove.run(end.ms, end.n);
      if (kept >= 0 || rows.length < PAGE) {
        draft.oldestMs = rows[kept]?.at ?? Infinity;
        break;
      }
    }
    if (draft.floor) draft.epochs.forget(draft.floor.place);
  }

  /** @returns Whether the record exceeds the retention. It is counted out then. */
  #letGo(draft: Draft, { ms, n, channel, at, note, bytes }: Row): boolean {
    const isKept = draft.bytes <= this.#retention.maxBytes &&
      !this.#isTooOld(at);
    if (isKept) return false;
    const row = draft.channels.change(channel);
    if (note === null) row.events--;
    else row.notes--;
    row.bytes -= bytes;
    draft.bytes -= bytes;
    draft.floor = raise(draft.floor, toPlace({ ms, n }), at, this.#clock);
    return true;
  }

  #isTooOld(atMs: number): boolean {
    return this.#clock.countedMs(atMs) <
      this.#clock.nowMs - this.#retention.maxAgeMs;
  }
}
