import type { DatabaseSync, StatementSync } from "node:sqlite";
import { batchError } from "./batch_limit.ts";
import {
  compareEventIds,
  type EventId,
  eventIdMs,
  eventIdN,
  nextEventId,
} from "./event_id.ts";
import {
  type LatestQuery,
  type Reading,
  type ReadLimits,
  readWithin,
  UnavailableError,
} from "./history.ts";
import type { Journal, Retention, TailBatch } from "./journal.ts";
import type { ChannelEvent, Message } from "./message.ts";
import { openDatabase } from "./sqlite_schema.ts";
import { Tails } from "./tail.ts";

/** An append that waits for the commit it shares. */
interface Append {
  messages: readonly Message[];
  resolve(ids: EventId[]): void;
  reject(error: unknown): void;
}

/** An event's id, as its row has it. */
interface Place {
  ms: number;
  n: number;
}

/** An event's row. */
interface Row extends Place {
  channel: string;
  type: string | null;
  data: Uint8Array;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function toEvent(row: unknown): ChannelEvent {
  const { ms, n, channel, type, data } = row as Row;
  const event: ChannelEvent = {
    channel,
    data: decoder.decode(data),
    id: `${ms}-${n}`,
  };
  if (type !== null) event.type = type;
  return event;
}

/** Keeps events in a file: an event whose append has resolved outlives the process and the machine's power. */
export class SqliteJournal implements Journal {
  readonly #database: DatabaseSync;
  readonly #retention: Retention;
  readonly #tails = new Tails();
  readonly #insert: StatementSync;
  readonly #read: StatementSync;
  readonly #latest: StatementSync;
  readonly #one: StatementSync;
  #queue: Append[] = [];
  #commitTimer: ReturnType<typeof setTimeout> | undefined;
  #count: number;
  #oldestMs: number;
  #floor: EventId;
  #last: EventId;

  /**
   * Opens the file, or makes it.
   *
   * @throws {JournalFileError} where it cannot be opened, is another program's, or was written by a newer Chime.
   */
  constructor(path: string, retention: Retention) {
    this.#retention = retention;
    const database = openDatabase(path);
    this.#database = database;
    this.#insert = database.prepare(
      "INSERT INTO event (ms, n, channel, type, data) VALUES (?, ?, ?, ?, ?)",
    );
    this.#read = database.prepare(`
      SELECT ms, n, channel, type, data FROM event
      WHERE channel IN (SELECT value FROM json_each(?)) AND (ms, n) > (?, ?) AND (ms, n) <= (?, ?)
      ORDER BY ms, n LIMIT ?`);
    this.#latest = database.prepare(`
      SELECT ms, n FROM event
      WHERE channel = ? AND (ms, n) > (?, ?) AND (ms, n) <= (?, ?)
      ORDER BY ms DESC, n DESC LIMIT ?`);
    this.#one = database.prepare(
      "SELECT ms, n, channel, type, data FROM event WHERE ms = ? AND n = ?",
    );
    const state = database.prepare("SELECT floor, last FROM timeline").get();
    this.#floor = state!.floor as EventId;
    this.#last = state!.last as EventId;
    const { count } = database.prepare("SELECT count(*) AS count FROM event")
      .get()!;
    this.#count = count as number;
    this.#oldestMs = this.#readOldestMs();
  }

  append(messages: readonly Message[]): Promise<EventId[]> {
    const error = batchError(messages, this.#retention);
    if (error) return Promise.reject(error);
    const { promise, resolve, reject } = Promise.withResolvers<EventId[]>();
    this.#queue.push({ messages, resolve, reject });
    // Whatever else arrives in this turn of the event loop shares the commit.
    this.#commitTimer ??= setTimeout(() => this.#commit());
    return promise;
  }

  isReady(): Promise<boolean> {
    return Promise.resolve(true);
  }

  tail(): AsyncIterable<TailBatch> {
    return this.#tails.open(this.#last);
  }

  floor(): Promise<EventId> {
    return this.#try(() => {
      this.#expire();
      return this.#floor;
    });
  }

  read(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
    limits: ReadLimits,
  ): Promise<Reading | undefined> {
    return this.#try(() => {
      this.#expire();
      const isKnown = compareEventIds(after, this.#floor) >= 0 &&
        compareEventIds(after, this.#last) <= 0;
      return isKnown
        ? readWithin(
          this.#read.iterate(
            JSON.stringify(channels),
            ...parts(after),
            ...parts(upTo),
            // One more tells whether there are more.
            limits.maxEvents + 1,
          ).map(toEvent),
          limits,
        )
        : undefined;
    });
  }

  latest(
    { channels, upTo, count, after }: LatestQuery,
    limits: ReadLimits,
  ): Promise<Reading> {
    return this.#try(() => {
      this.#expire();
      const places = channels.flatMap((channel) =>
        this.#latest.all(channel, ...parts(after), ...parts(upTo), count)
      ) as unknown as Place[];
      places.sort((a, b) => a.ms - b.ms || a.n - b.n);
      return readWithin(this.#at(places), limits);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#commitTimer !== undefined) {
      clearTimeout(this.#commitTimer);
      this.#commit();
    }
    this.#tails.close();
    this.#database.close();
    await Promise.resolve();
  }

  /** The events at those places, each read when it is asked for: together they may be large. */
  *#at(places: readonly Place[]): Generator<ChannelEvent> {
    for (const { ms, n } of places) yield toEvent(this.#one.get(ms, n));
  }

  /** Commits all that waits: all of it is durable afterwards, or none of it is there. */
  #commit(): void {
    this.#commitTimer = undefined;
    const appends = this.#queue;
    this.#queue = [];
    const events: ChannelEvent[] = [];
    let last = this.#last;
    const ids = appends.map(({ messages }) =>
      messages.map((message) => {
        last = nextEventId(last);
        events.push({ ...message, id: last });
        return last;
      })
    );
    try {
      this.#write(events, last);
    } catch (error) {
      const failure = unavailable(error);
      for (const { reject } of appends) reject(failure);
      return;
    }
    this.#tails.push(events, last);
    for (const [i, { resolve }] of appends.entries()) resolve(ids[i]!);
  }

  /** Expires what is too old, even where nothing is appended. */
  #expire(): void {
    const isDue = this.#oldestMs < Date.now() - this.#retention.maxAgeMs;
    if (isDue) this.#write([], this.#last);
  }

  #write(events: readonly ChannelEvent[], last: EventId): void {
    const database = this.#database;
    database.exec("BEGIN IMMEDIATE");
    try {
      for (const { id, channel, type, data } of events) {
        this.#insert.run(
          ...parts(id),
          channel,
          type ?? null,
          encoder.encode(data),
        );
      }
      const floor = this.#lastExpired(this.#count + events.length);
      const removed = floor
        ? database.prepare("DELETE FROM event WHERE (ms, n) <= (?, ?)")
          .run(...parts(floor)).changes
        : 0;
      database.prepare("UPDATE timeline SET floor = ?, last = ?")
        .run(floor ?? this.#floor, last);
      // Nothing may fail once it is committed.
      const oldestMs = this.#readOldestMs();
      database.exec("COMMIT");
      this.#oldestMs = oldestMs;
      this.#count += events.length - Number(removed);
      this.#floor = floor ?? this.#floor;
      this.#last = last;
    } catch (error) {
      // Some failures have ended the transaction already.
      if (database.isTransaction) database.exec("ROLLBACK");
      throw error;
    }
  }

  /** The last event that exceeds the retention, given how many there are. */
  #lastExpired(count: number): EventId | undefined {
    const { maxEvents, maxAgeMs } = this.#retention;
    const byAge = this.#database.prepare(
      "SELECT ms, n FROM event WHERE ms < ? ORDER BY ms DESC, n DESC LIMIT 1",
    ).get(Date.now() - maxAgeMs);
    const byCount = count > maxEvents
      ? this.#database.prepare(
        "SELECT ms, n FROM event ORDER BY ms, n LIMIT 1 OFFSET ?",
      ).get(count - maxEvents - 1)
      : undefined;
    return [byAge, byCount].filter((row) => row !== undefined)
      .map(({ ms, n }): EventId => `${ms as number}-${n as number}`)
      .sort(compareEventIds).at(-1);
  }

  #readOldestMs(): number {
    const row = this.#database.prepare("SELECT min(ms) AS ms FROM event").get();
    return row!.ms === null ? Infinity : row!.ms as number;
  }

  /** Reads, and says in the journal's words what went wrong. */
  #try<T>(read: () => T): Promise<T> {
    try {
      return Promise.resolve(read());
    } catch (error) {
      return Promise.reject(unavailable(error));
    }
  }
}

function unavailable(error: unknown): UnavailableError {
  const { message } = error as Error;
  return new UnavailableError(`The journal failed: ${message}`, {
    cause: error,
  });
}

function parts(id: EventId): [ms: number, n: number] {
  return [eventIdMs(id), eventIdN(id)];
}
