import type { DatabaseSync } from "node:sqlite";
import { type EventId, eventId, nextPlace } from "../../events/event_id.ts";
import { drawEpoch } from "../epochs.ts";
import type { Entry, Published, Retention } from "../journal.ts";
import type { TimelineRecord } from "../note.ts";
import type { StoreClock } from "../store_clock.ts";
import { Appender } from "./appender.ts";
import { ChannelTable } from "./channel_table.ts";
import { Draft, type Known } from "./draft.ts";
import { SqliteKeys } from "./keys.ts";
import { Removal } from "./removal.ts";
import {
  BY_CHANNEL,
  readTimeline,
  writeEpochs,
  writeTimeline,
} from "./timeline.ts";
import { transact } from "./transact.ts";
import { SqliteValues } from "./values.ts";

/** How long events are kept beyond the retention once removing them has failed, before that is tried again, in ms. */
const REMOVAL_PAUSE_MS = 5_000;

/** What a change may do within a transaction. It may be done twice, if the first transaction is rolled back. */
export interface Changes {
  /** See {@linkcode Appender.append}. */
  append(entries: readonly Entry[]): Published;
  readonly values: SqliteValues;
}

/** Writes to a journal's file, removes what exceeds the retention, and knows the timeline. */
export class SqliteWriter {
  readonly clock: StoreClock;
  readonly channels: ChannelTable;
  readonly values: SqliteValues;
  readonly #database: DatabaseSync;
  readonly #onRemoval: (failure?: Error) => void;
  readonly #appender: Appender;
  readonly #keys: SqliteKeys;
  readonly #removal: Removal;
  #known: Known;
  /** The channels that may have too many events though nothing was appended. */
  #excessive: readonly string[];
  /** When to remove events again, of `performance.now()`, where that has failed. */
  #nextRemovalMs = -Infinity;

  /**
   * Begins an epoch.
   *
   * @param onRemoval Called with the reason when what exceeds the retention cannot be removed, and with nothing when it
   * can.
   * @throws {Error} The file is damaged, or cannot be written.
   */
  constructor(
    database: DatabaseSync,
    retention: Retention,
    onRemoval: (failure?: Error) => void,
  ) {
    this.#database = database;
    this.#onRemoval = onRemoval;
    const { timeline, clock } = readTimeline(database);
    this.clock = clock;
    this.channels = new ChannelTable(database);
    this.values = new SqliteValues(database);
    this.#keys = new SqliteKeys(database, clock);
    this.#appender = new Appender(database, clock, this.#keys);
    this.#removal = new Removal(database, retention, clock);
    const { oldestMs } = database.prepare(
      `SELECT coalesce(at, ms) AS oldestMs FROM ${BY_CHANNEL} ORDER BY ms, n LIMIT 1`,
    ).get() ?? {};
    const { count } = database.prepare("SELECT count(*) AS count FROM key")
      .get()!;
    this.#known = {
      ...timeline,
      oldestMs: (oldestMs ?? Infinity) as number,
      keyCount: count as number,
    };
    this.#excessive = this.#removal.excessive();
    this.#beginEpoch();
  }

  /** What is known of the timeline. */
  get known(): Known {
    return this.#known;
  }

  /** The last id given out. */
  get last(): EventId {
    return eventId(this.#known.last, this.#known.epochs.current);
  }

  /** Whether something exceeds the retention, and can be removed as far as is known. */
  get isRemovalDue(): boolean {
    return (this.#excessive.length > 0 || this.#removal.isDue(this.#known)) &&
      performance.now() >= this.#nextRemovalMs;
  }

  /**
   * Commits changes: afterwards either all are durable, or none is there. Where what exceeds the retention cannot be
   * removed, they are committed all the same.
   *
   * @returns What was appended.
   * @throws {Error} Nothing was written.
   */
  write(change: (changes: Changes) => void): readonly TimelineRecord[] {
    this.clock.see();
    if (performance.now() < this.#nextRemovalMs) return this.#commit(change);
    let isRemoving = false;
    try {
      const records = this.#commit(change, (draft) => {
        isRemoving = true;
        this.#removal.run(draft, [
          ...draft.channels.changed,
          ...this.#excessive,
        ]);
        isRemoving = false;
      });
      this.#excessive = [];
      this.#onRemoval();
      return records;
    } catch (error) {
      if (!isRemoving) throw error;
      // One damaged page of old events must not prevent all publishing.
      const records = this.#commit(change);
      this.#nextRemovalMs = performance.now() + REMOVAL_PAUSE_MS;
      this.#onRemoval(error as Error);
      return records;
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
      if (bytes > 0) return this.#appender.probe(this.#known.last, bytes);
      // SQLite writes nothing where an update changes nothing.
      const row = this.#database.prepare("SELECT * FROM timeline").get()!;
      this.#database.exec("DELETE FROM timeline");
      this.#database.prepare("INSERT INTO timeline VALUES (?, ?, ?, ?, ?, ?)")
        .run(...Object.values(row));
    });
  }

  /** The note of an epoch has a place, but is about no channel, and no tail is open yet: it is not kept. */
  #beginEpoch(): void {
    this.clock.see();
    transact(this.#database, () => {
      const draft = new Draft(this.#known, this.channels);
      draft.epochs.begin(drawEpoch(), draft.last);
      draft.last = nextPlace(draft.last, this.clock.nowMs);
      writeEpochs(this.#database, draft.epochs);
      writeTimeline(this.#database, draft, this.clock);
      return () => this.#know(draft);
    });
  }

  #commit(
    change: (changes: Changes) => void,
    remove: (draft: Draft) => void = () => {},
  ): readonly TimelineRecord[] {
    const draft = new Draft(this.#known, this.channels);
    const epochCount = draft.epochs.list.length;
    try {
      transact(this.#database, () => {
        this.#keys.expire(draft);
        change({
          append: (entries) => this.#appender.append(draft, entries),
          values: this.values,
        });
        remove(draft);
        this.#keys.expire(draft);
        this.channels.save();
        if (draft.epochs.list.length !== epochCount) {
          writeEpochs(this.#database, draft.epochs);
        }
        writeTimeline(this.#database, draft, this.clock);
        return () => {
          this.values.keep();
          this.#know(draft);
        };
      });
    } finally {
      this.values.undo();
      this.channels.forgetChanges();
    }
    return draft.records;
  }

  #know({ last, floor, epochs, bytes, oldestMs, keyCount }: Draft): void {
    this.#known = { last, floor, epochs, bytes, oldestMs, keyCount };
  }
}
