import type { DatabaseSync, StatementSync } from "node:sqlite";
import { namesBetween } from "../asked.ts";
import type { StoreClock } from "../store_clock.ts";
import type { Reach } from "./channel_table.ts";
import { countsSince, END, placeBeforeAll, type Range } from "./places.ts";
import { parts, type RowPlace, toPlace } from "./rows.ts";

/**
 * How many records of all channels are looked at, at most, before the index is asked. Where they have less than a page of a
 * pattern's, that pattern's are few beside all.
 */
const MAX_LOOK = 16_384;

/** The records of all channels. What belongs to a pattern is found on the way, and all the sooner the more there is of it. */
const BY_TIMELINE =
  "event AS e NOT INDEXED WHERE +e.channel >= ?1 AND +e.channel < ?2";
/** Those of a pattern's channels, each of which is looked up. */
const BY_CHANNEL =
  `channel AS c CROSS JOIN event AS e INDEXED BY event_by_channel
  WHERE c.name >= ?1 AND c.name < ?2 AND e.channel = c.name`;

/** The same question, in two ways. */
interface Ways {
  readonly byTimeline: StatementSync;
  readonly byChannel: StatementSync;
}

/** Finds places of records whose channels a pattern covers. */
export class PatternPlaces {
  readonly #clock: StoreClock;
  readonly #far: StatementSync;
  readonly #oldest: Ways;
  readonly #since: Ways;
  readonly #newest: StatementSync;

  /** @throws {Error} The file is damaged. */
  constructor(database: DatabaseSync, clock: StoreClock) {
    this.#clock = clock;
    const prepare = (source: string, rest: string) =>
      database.prepare(
        `SELECT e.ms, e.n FROM ${source} AND ${inRange("e")} ${rest}
         ORDER BY e.ms, e.n LIMIT ?7`,
      );
    const ways = (rest: string): Ways => ({
      byTimeline: prepare(BY_TIMELINE, rest),
      byChannel: prepare(BY_CHANNEL, rest),
    });
    this.#far = database.prepare(
      `SELECT ms, n FROM event NOT INDEXED
       WHERE (ms, n) > (?, ?) AND (ms, n) <= (?, ?) ORDER BY ms, n LIMIT 1 OFFSET ?`,
    );
    this.#oldest = ways("");
    this.#since = ways(`AND ${countsSince("e.", 8)}`);
    this.#newest = prepare(
      BY_CHANNEL,
      `AND e.note IS NULL AND (e.ms, e.n) IN (
         SELECT i.ms, i.n FROM event AS i INDEXED BY event_by_channel
         WHERE i.channel = c.name AND i.note IS NULL AND ${inRange("i")}
         ORDER BY i.ms DESC, i.n DESC LIMIT ?8)`,
    );
  }

  /** The oldest records, oldest first. */
  oldest(reach: Reach, range: Range, limit: number): RowPlace[] {
    return this.#find(this.#oldest, reach, range, limit);
  }

  /** The oldest `limit` of the newest `count` events of each channel, oldest first. */
  newest(
    { stem }: Reach,
    range: Range,
    count: number,
    limit: number,
  ): RowPlace[] {
    return read(this.#newest, stem, range, limit, count);
  }

  /** The first record that counts as appended at a moment or later. */
  firstSince(reach: Reach, ms: number): RowPlace[] {
    const { nowMs, wentBackMs } = this.#clock;
    const range = { after: placeBeforeAll({ kind: "since", ms }), upTo: END };
    return this.#find(this.#since, reach, range, 1, ms, nowMs, wentBackMs);
  }

  /** Asks in that way in which fewer records are looked at. */
  #find(
    { byTimeline, byChannel }: Ways,
    { stem, channels, records }: Reach,
    range: Range,
    limit: number,
    ...more: number[]
  ): RowPlace[] {
    const look = Math.min(MAX_LOOK, channels + records);
    const far = this.#far.get(
      ...parts(range.after),
      ...parts(range.upTo),
      look,
    ) as RowPlace | undefined;
    const near = far ? { ...range, upTo: toPlace(far) } : range;
    const found = read(byTimeline, stem, near, limit, ...more);
    return far && found.length < limit
      ? read(byChannel, stem, range, limit, ...more)
      : found;
  }
}

function inRange(table: string): string {
  const place = `(${table}.ms, ${table}.n)`;
  return `${place} > (?3, ?4) AND ${place} <= (?5, ?6)`;
}

function read(
  statement: StatementSync,
  stem: string,
  { after, upTo }: Range,
  limit: number,
  ...more: number[]
): RowPlace[] {
  return statement.all(
    ...namesBetween(stem),
    ...parts(after),
    ...parts(upTo),
    limit,
    ...more,
  ) as unknown as RowPlace[];
}
