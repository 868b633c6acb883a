import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  compareEventIds,
  type EventId,
  eventIdMs,
  nextEventId,
} from "../../events/event_id.ts";
import type { Retention } from "../journal.ts";
import type { ChannelEvent } from "../../events/message.ts";
import { parts, type Place, toId } from "./rows.ts";
import { BY_CHANNEL, readTimeline } from "./timeline.ts";
import { transact } from "./transact.ts";

/** How long events are kept beyond the retention once removing them has failed, before that is tried again, in ms. */
const REMOVAL_PAUSE_MS = 5_000;

const encoder = new TextEncoder();

/** What is there once events were removed. */
interface Removal {
  floor: EventId;
  removed: number;
  /** When the oldest event was published that is still there, in ms since the epoch. */
  oldestMs: number;
}

/** Writes events to a journal's file, removes what exceeds the retention, and knows the ends of the timeline. */
export class SqliteWriter {
  readonly #database: DatabaseSync;
  readonly #retention: Retention;
  readonly #onRemoval: (failure?: Error) => void;
  readonly #insert: StatementSync;
  #count: number;
  #oldestMs: number;
  #floor: EventId;
  #last: EventId;
  /** When to remove events again, in ms since the epoch, where that has failed. */
  #nextRemovalMs = -Infinity;

  /**
   * @param onRemoval Called with the reason when what exceeds the retention cannot be removed, and with nothing when it
   * can.
   * @throws {Error} The file is damaged.
   */
  constructor(
    database: DatabaseSync,
    retention: Retention,
    onRemoval: (failure?: Error) => void,
  ) {
    this.#database = database;
    this.#retention = retention;
    this.#onRemoval = onRemoval;
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

  /** Whether an event is too old to be kept, and can be removed as far as is known. */
  get isExpiryDue(): boolean {
    const now = Date.now();
    return this.#oldestMs < now - this.#retention.maxAgeMs &&
      now >= this.#nextRemovalMs;
  }

  /**
   * Commits the events: afterwards either all are durable, or none is there. Where what exceeds the retention cannot be
   * removed, they are committed all the same.
   *
   * @param last The last id given out, once this is committed.
   * @throws {Error} Nothing was written.
   */
  write(events: readonly ChannelEvent[], last: EventId): void {
    if (Date.now() < this.#nextRemovalMs) return this.#append(events, last);
    let isRemoving = false;
    try {
      this.#append(events, last, () => {
        isRemoving = true;
        const removal = this.#remove(this.#count + events.length);
        isRemoving = false;
        return removal;
      });
      this.#onRemoval();
    } catch (error) {
      if (!isRemoving) throw error;
      // One damaged page of old events must not prevent all publishing.
      this.#append(events, last);
      this.#nextRemovalMs = Date.now() + REMOVAL_PAUSE_MS;
      this.#onRemoval(error as Error);
    }
  }

  /**
   * Finds out whether so much can be appended. Whatever it writes, it removes or puts back within one transaction: SQLite
   * writes all the pages, and no id is taken, so that an id that a crash has lost stays unknown.
   *
   * @param bytes How much data to write as an event of no channel; with 0 only the timeline is written.
   * @throws {Error} It could not be written.
   */
  probe(bytes: number): void {
    transact(this.#database, () => {
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

  #append(
    events: readonly ChannelEvent[],
    last: EventId,
    remove: () => Removal | undefined = () => undefined,
  ): void {
    transact(this.#database, () => {
      for (const { id, channel, type, data } of events) {
        this.#insert.run(
          ...parts(id),
          channel,
          type ?? null,
          encoder.encode(data),
        );
      }
      const [first] = events;
      const { floor, removed, oldestMs } = remove() ?? {
        floor: this.#floor,
        removed: 0,
        oldestMs: Math.min(
          this.#oldestMs,
          first ? eventIdMs(first.id) : Infinity,
        ),
      };
      this.#database.prepare("UPDATE timeline SET floor = ?, last = ?")
        .run(floor, last);
      return () => {
        this.#oldestMs = oldestMs;
        this.#count += events.length - removed;
        this.#floor = floor;
        this.#last = last;
      };
    });
  }

  /** @returns Nothing where nothing exceeds the retention, given how many events there are. */
  #remove(count: number): Removal | undefined {
    const floor = this.#lastExpired(count);
    if (floor === undefined) return undefined;
    const { changes } = this.#database.prepare(
      "DELETE FROM event WHERE (ms, n) <= (?, ?)",
    ).run(...parts(floor));
    // Read before the commit, as nothing may fail after it: the events would be there, and their appends rejected.
    const { ms } = this.#database.prepare("SELECT min(ms) AS ms FROM event")
      .get()!;
    const oldestMs = ms === null ? Infinity : ms as number;
    return { floor, removed: Number(changes), oldestMs };
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
}
