import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EventId } from "../../events/event_id.ts";
import type { ChannelEvent } from "../../events/message.ts";
import type {
  History,
  LatestQuery,
  Reading,
  ReadLimits,
  ReadQuery,
} from "../history.ts";
import { isKnown, lookUpCount, readingError, readWithin } from "../reading.ts";
import type { SqliteHealth } from "./health.ts";
import type { IndexGuard } from "./index_guard.ts";
import { comparePlaces, parts, type Place, toEvent, toId } from "./rows.ts";
import type { SqliteWriter } from "./writer.ts";

/**
 * SQLite's codes for failures that may pass: BUSY, LOCKED, NOMEM, INTERRUPT, FULL, CANTOPEN (of a temporary file) and
 * PROTOCOL. Every other failure would come again. https://www.sqlite.org/rescode.html
 */
const PASSING_CODES: readonly unknown[] = [5, 6, 7, 9, 13, 14, 15];

/** Dependencies of a {@linkcode SqliteHistory}. */
export interface SqliteHistoryOptions {
  database: DatabaseSync;
  /** Knows where the timeline begins and ends, and removes what is too old. */
  writer: SqliteWriter;
  /** Takes note of what cannot be read. */
  health: SqliteHealth;
  /** Knows what the index cannot be trusted with. */
  index: IndexGuard;
  /** Aborted when the journal is closed. Readings then fail with its reason. */
  signal: AbortSignal;
}

/**
 * Reads events from a journal's file. Never by `StatementSync.iterate()`, which takes a failed step for the end of the
 * rows. Ids are small, so they are looked up all at once; then the events are read one by one, as far as the limits go.
 */
export class SqliteHistory implements History {
  readonly #writer: SqliteWriter;
  readonly #health: SqliteHealth;
  readonly #index: IndexGuard;
  readonly #signal: AbortSignal;
  readonly #oldest: StatementSync;
  readonly #newest: StatementSync;
  readonly #one: StatementSync;

  /** @throws {Error} The file is damaged. */
  constructor(options: SqliteHistoryOptions) {
    const { database, writer, health, index, signal } = options;
    this.#writer = writer;
    this.#health = health;
    this.#index = index;
    this.#signal = signal;
    this.#oldest = database.prepare(`
      SELECT ms, n FROM event
      WHERE channel = ? AND (ms, n) > (?, ?) AND (ms, n) <= (?, ?)
      ORDER BY ms, n LIMIT ?`);
    this.#newest = database.prepare(`
      SELECT ms, n FROM event
      WHERE channel = ? AND (ms, n) > (?, ?) AND (ms, n) <= (?, ?)
      ORDER BY ms DESC, n DESC LIMIT ?`);
    this.#one = database.prepare(
      "SELECT ms, n, channel, type, data FROM event WHERE ms = ? AND n = ?",
    );
  }

  read(query: ReadQuery, limits: ReadLimits): Promise<Reading | undefined> {
    return this.#attempt(() =>
      isKnown(query.after, this.#writer)
        ? this.#read(this.#oldest, query, lookUpCount(limits), limits)
        : undefined
    );
  }

  floor(): Promise<EventId> {
    return this.#attempt(() => this.#writer.floor);
  }

  latest(query: LatestQuery, limits: ReadLimits): Promise<Reading> {
    return this.#attempt(() =>
      this.#read(this.#newest, query, query.count, limits)
    );
  }

  /**
   * @param ids Finds the ids of one channel's events.
   * @param count How many ids to look up for each channel.
   */
  #read(
    ids: StatementSync,
    query: ReadQuery,
    count: number,
    limits: ReadLimits,
  ): Reading {
    this.#index.assertTrusted(query);
    const { channels, after, upTo } = query;
    const places = channels.flatMap((channel) =>
      ids.all(channel, ...parts(after), ...parts(upTo), count)
    ) as unknown as Place[];
    places.sort(comparePlaces);
    return readWithin(this.#events(places, channels), limits);
  }

  /** Reads each event only when it is asked for: all of them together may be large. */
  *#events(
    places: readonly Place[],
    channels: readonly string[],
  ): Generator<ChannelEvent> {
    for (const place of places) {
      const row = this.#one.get(place.ms, place.n);
      // The ids come from the index by channel, which may be damaged while the events are whole.
      if (!row || !channels.includes(row.channel as string)) {
        const id = toId(place);
        throw new TypeError(`Cannot find event ${id}: the index is wrong`);
      }
      yield toEvent(row);
    }
  }

  /** Removes what is too old, then reads. */
  // deno-lint-ignore require-await -- What is thrown has to reject.
  async #attempt<T>(read: () => T): Promise<T> {
    this.#signal.throwIfAborted();
    // Where removing fails, a reading brings more than it has to, and nothing is wrong.
    if (this.#writer.isExpiryDue) {
      this.#health.write(() => this.#writer.write([], this.#writer.last));
    }
    return this.#health.read(() => translateErrors(read));
  }
}

/** Reads, and throws the errors of {@linkcode History} for those of SQLite. */
function translateErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { errcode = 0 } = error as { errcode?: number };
    // The low byte is the kind of failure; the others only say more about it.
    const passes = PASSING_CODES.includes(errcode & 0xff);
    throw readingError(error as Error, passes);
  }
}
