import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  compareEventIds,
  type EventId,
  eventIdMs,
  isEventId,
  nextEventId,
} from "../../events/event_id.ts";
import type { Retention } from "../journal.ts";
import type { ChannelEvent } from "../../events/message.ts";
import { parts, type Place, toId } from "./rows.ts";

/** The table, read by its index, which is small. Damaged events then do not keep a journal from starting. */
const BY_CHANNEL = "event INDEXED BY event_by_channel";

const encoder = new TextEncoder();

/** Writes events to a journal's file, removes what exceeds the retention, and knows the ends of the timeline. */
export class SqliteWriter {
  readonly #database: DatabaseSync;
  readonly #retention: Retention;
  readonly #insert: StatementSync;
  #count: number;
  #oldestMs: number;
  #floor: EventId;
  #last: EventId;

  /** @throws {Error} The file is damaged. */
  constructor(database: DatabaseSync, retention: Retention) {
    this.#database = database;
    this.#retention = retention;
    this.#insert = database.prepare(
      "INSERT INTO event (ms, n, channel, type, data) VALUES (?, ?, ?, ?, ?)",
    );
    const { floor, last } = readTimeline(database);
    this.#floor = floor;
    this.#last = last;
    const { count, oldestMs } = database.prepare(
      `SELECT count(*) AS count, min(ms) AS oldestMs FROM ${BY_CHANNEL}`,
    ).get()!;
    this.#count = count as number;
    this.#oldestMs = oldestMs === null ? Infinity : oldestMs as number;
  }

  /** The id after which every event is kept. */
  get floor(): EventId {
    return this.#floor;
  }

  /** The last id given out. */
  get last(): EventId {
    return this.#last;
  }

  /** Whether an event is too old to be kept. */
  get isExpiryDue(): boolean {
    return this.#oldestMs < Date.now() - this.#retention.maxAgeMs;
  }

  /**
   * Commits the events: afterwards either all are durable, or none is there.
   *
   * @param last The last id given out, once this is committed.
   * @throws {Error} Nothing was written.
   */
  write(events: readonly ChannelEvent[], last: EventId): void {
    this.#transact(() => {
      for (const { id, channel, type, data } of events) {
        this.#insert.run(
          ...parts(id),
          channel,
          type ?? null,
          encoder.encode(data),
        );
      }
      const floor = this.#lastExpired(this.#count + events.length) ??
        this.#floor;
      const removed = floor === this.#floor
        ? 0
        : this.#database.prepare("DELETE FROM event WHERE (ms, n) <= (?, ?)")
          .run(...parts(floor)).changes;
      this.#updateTimeline(floor, last);
      // Read before the commit, as nothing may fail after it: the events would be there, and their appends rejected.
      const oldestMs = this.#oldestMsAfter(events, Number(removed));
      return () => {
        this.#oldestMs = oldestMs;
        this.#count += events.length - Number(removed);
        this.#floor = floor;
        this.#last = last;
      };
    });
  }

  /**
   * Finds out whether so much can be appended. Whatever it writes, it removes or puts back within one transaction: SQLite
   * writes all the pages, and no id is taken, so that an id that a crash has lost stays unknown.
   *
   * @param bytes How much data to write as an event of no channel; with 0 only the timeline is written.
   * @throws {Error} It could not be written.
   */
  probe(bytes: number): void {
    this.#transact(() => {
      if (bytes === 0) {
        // SQLite writes nothing where an update changes nothing.
        this.#database.exec("DELETE FROM timeline");
        this.#database.prepare("INSERT INTO timeline VALUES (?, ?)")
          .run(this.#floor, this.#last);
        return;
      }
      const place = parts(nextEventId(this.#last));
      this.#insert.run(...place, "", null, new Uint8Array(bytes));
      this.#database.prepare("DELETE FROM event WHERE ms = ? AND n = ?")
        .run(...place);
    });
  }

  /** @param change Makes the changes, and returns what to do once they are committed. */
  #transact(change: () => (() => void) | void): void {
    const database = this.#database;
    database.exec("BEGIN IMMEDIATE");
    try {
      const onCommitted = change();
      database.exec("COMMIT");
      onCommitted?.();
    } catch (error) {
      // After some failures SQLite has rolled back already.
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }

  #updateTimeline(floor: EventId, last: EventId): void {
    this.#database.prepare("UPDATE timeline SET floor = ?, last = ?")
      .run(floor, last);
  }

  /** @returns The newest event that exceeds the retention, given how many events there are. */
  #lastExpired(count: number): EventId | undefined {
    const { maxEvents, maxAgeMs } = this.#retention;
    const byAge = this.isExpiryDue
      ? this.#database.prepare(
        "SELECT ms, n FROM event WHERE ms < ? ORDER BY ms DESC, n DESC LIMIT 1",
      ).get(Date.now() - maxAgeMs)
      : undefined;
    const byCount = count > maxEvents
      ? this.#database.prepare(
        "SELECT ms, n FROM event ORDER BY ms, n LIMIT 1 OFFSET ?",
      ).get(count - maxEvents - 1)
      : undefined;
    return [byAge, byCount].filter((row) => row !== undefined)
      .map((row) => toId(row as unknown as Place))
      .sort(compareEventIds).at(-1);
  }

  /** @returns The moment of the oldest event. Reads events only where some were removed, as they may be damaged. */
  #oldestMsAfter(appended: readonly ChannelEvent[], removed: number): number {
    if (removed === 0) {
      const [first] = appended;
      return first
        ? Math.min(this.#oldestMs, eventIdMs(first.id))
        : this.#oldestMs;
    }
    const row = this.#database.prepare("SELECT min(ms) AS ms FROM event").get();
    return row!.ms === null ? Infinity : row!.ms as number;
  }
}

/** @throws {Error} The record of the timeline is damaged, or does not fit the events. */
function readTimeline(
  database: DatabaseSync,
): { floor: EventId; last: EventId } {
  const rows = database.prepare("SELECT floor, last FROM timeline").all();
  const [floor, last] = [`${rows[0]?.floor}`, `${rows[0]?.last}`];
  const newest = database.prepare(
    `SELECT ms, n FROM ${BY_CHANNEL} ORDER BY ms DESC, n DESC LIMIT 1`,
  ).get() as Place | undefined;
  const isWhole = rows.length === 1 && isEventId(floor) && isEventId(last) &&
    compareEventIds(floor, last) <= 0 &&
    (!newest || compareEventIds(toId(newest), last) <= 0);
  if (!isWhole) throw new Error("it is damaged: its timeline is not whole");
  return { floor, last };
}
