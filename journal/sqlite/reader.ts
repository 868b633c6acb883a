import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EventId } from "../../events/event_id.ts";
import {
  type LatestQuery,
  type Reading,
  type ReadLimits,
  readWithin,
  UnavailableError,
  UnreadableError,
} from "../history.ts";
import type { ChannelEvent } from "../../events/message.ts";
import { parts, type Place, toEvent } from "./rows.ts";

/**
 * What passes: BUSY, LOCKED, NOMEM, INTERRUPT, FULL, CANTOPEN (of a temporary file) and PROTOCOL. Everything else will fail
 * again. https://www.sqlite.org/rescode.html
 */
const PASSING_CODES: readonly unknown[] = [5, 6, 7, 9, 13, 14, 15];

/**
 * Reads events out of a journal's file. Nothing is read by `StatementSync.iterate()`, which takes a step that failed for the
 * end: ids are read all at once, as they are small, and then the events one by one, as far as the limits go.
 */
export class SqliteReader {
  readonly #between: StatementSync;
  readonly #newest: StatementSync;
  readonly #one: StatementSync;

  constructor(database: DatabaseSync) {
    this.#between = database.prepare(`
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

  /**
   * The channels' events after `after`, up to and with `upTo`.
   *
   * @throws {UnavailableError | UnreadableError} see {@linkcode History.read}.
   */
  read(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
    limits: ReadLimits,
  ): Reading {
    return attempt(() => {
      // One more tells whether there are more.
      const count = limits.maxEvents + 1;
      const places = channels.flatMap((channel) =>
        this.#between.all(channel, ...parts(after), ...parts(upTo), count)
      ) as unknown as Place[];
      places.sort(compare);
      return readWithin(this.#at(places, channels), limits);
    });
  }

  /**
   * The newest events of each channel.
   *
   * @throws {UnavailableError | UnreadableError} see {@linkcode History.latest}.
   */
  latest(
    { channels, upTo, count, after }: LatestQuery,
    limits: ReadLimits,
  ): Reading {
    return attempt(() => {
      const places = channels.flatMap((channel) =>
        this.#newest.all(channel, ...parts(after), ...parts(upTo), count)
      ) as unknown as Place[];
      places.sort(compare);
      return readWithin(this.#at(places, channels), limits);
    });
  }

  /** The events at those places, each read when it is asked for: together they may be large. */
  *#at(
    places: readonly Place[],
    channels: readonly string[],
  ): Generator<ChannelEvent> {
    for (const { ms, n } of places) {
      const row = this.#one.get(ms, n);
      // The places come from the index by channel, which may be damaged while the events are not.
      if (!row || !channels.includes(row.channel as string)) {
        throw new TypeError(`Cannot find event ${ms}-${n}: the index is wrong`);
      }
      yield toEvent(row);
    }
  }
}

function compare(a: Place, b: Place): number {
  return a.ms - b.ms || a.n - b.n;
}

/** Reads, and says in the journal's words what went wrong. */
function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { message, errcode = 0 } = error as Error & { errcode?: number };
    // The low byte is the kind; the others say more of it.
    const passes = PASSING_CODES.includes(errcode & 0xff);
    throw new (passes ? UnavailableError : UnreadableError)(message, {
      cause: error,
    });
  }
}
