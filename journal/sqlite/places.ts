import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type EventId, ORIGIN, type Place } from "../../events/event_id.ts";
import type { ReadFrom } from "../history.ts";
import type { StoreClock } from "../store_clock.ts";
import { parts, type RowPlace } from "./rows.ts";
import { BY_CHANNEL } from "./timeline.ts";

/** After all places. */
export const END: Place = `${Number.MAX_SAFE_INTEGER}-0`;

/** A part of the timeline. */
export interface Range {
  readonly after: EventId;
  /** The last place, which belongs to it. */
  readonly upTo: EventId;
}

/** Finds places of a channel's records in the index. */
export class Places {
  readonly #clock: StoreClock;
  readonly #oldest: StatementSync;
  readonly #newest: StatementSync;
  readonly #since: StatementSync;

  /** @throws {Error} The file is damaged. */
  constructor(database: DatabaseSync, clock: StoreClock) {
    this.#clock = clock;
    const inRange = "channel = ? AND (ms, n) > (?, ?) AND (ms, n) <= (?, ?)";
    this.#oldest = database.prepare(
      `SELECT ms, n FROM ${BY_CHANNEL} WHERE ${inRange} ORDER BY ms, n LIMIT ?`,
    );
    this.#newest = database.prepare(
      `SELECT ms, n FROM ${BY_CHANNEL} WHERE ${inRange} AND note IS NULL ORDER BY ms DESC, n DESC LIMIT ?`,
    );
    // No record counts as newer than its place.
    this.#since = database.prepare(
      `SELECT ms, n FROM ${BY_CHANNEL}
       WHERE channel = ?1 AND ms >= ?2 AND ${countsSince("", 2)}
       ORDER BY ms, n LIMIT 1`,
    );
  }

  /** The oldest records, oldest first. */
  oldest(channel: string, range: Range, count: number): RowPlace[] {
    return read(this.#oldest, channel, range, count);
  }

  /** The newest events, newest first. */
  newest(channel: string, range: Range, count: number): RowPlace[] {
    return read(this.#newest, channel, range, count);
  }

  /** The first record that counts as appended at a moment or later. */
  firstSince(channel: string, ms: number): RowPlace[] {
    const { nowMs, wentBackMs } = this.#clock;
    return this.#since.all(
      channel,
      ms,
      nowMs,
      wentBackMs,
    ) as unknown as RowPlace[];
  }
}

/**
 * Whether a record counts as appended at a moment or later, as `StoreClock.countedMs()` counts.
 *
 * @param table What stands before the names of columns.
 * @param first The number of the parameter that is the moment. The clock's two follow: the present, and when it went back.
 */
export function countsSince(table: string, first: number): string {
  const at = `coalesce(${table}at, ${table}ms)`;
  const [ms, nowMs, wentBackMs] = [first, first + 1, first + 2];
  return `iif(${at} <= ?${nowMs}, ${at}, min(?${nowMs}, ?${wentBackMs})) >= ?${ms}`;
}

/** A place before everything that a reading may find. The index is not asked for it. */
export function placeBeforeAll(from: ReadFrom): EventId {
  if (from.kind === "after") return from.id;
  // No record counts as newer than its place.
  return from.kind === "since" ? `${Math.max(0, from.ms - 1)}-0` : ORIGIN;
}

function read(
  statement: StatementSync,
  channel: string,
  { after, upTo }: Range,
  count: number,
): RowPlace[] {
  return statement.all(
    channel,
    ...parts(after),
    ...parts(upTo),
    count,
  ) as unknown as RowPlace[];
}
