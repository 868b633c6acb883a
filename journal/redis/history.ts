import {
  epochOf,
  type EventId,
  ORIGIN,
  type Place,
} from "../../events/event_id.ts";
import type {
  History,
  Latest,
  LatestQuery,
  ReadAnswer,
  ReadLimits,
  ReadQuery,
} from "../history.ts";
import type { ChannelEvent } from "../../events/message.ts";
import { isNote, type TimelineRecord } from "../note.ts";
import { lookUpCount, readingError, readWithin } from "../reading.ts";
import type { RedisClient } from "./client.ts";
import type { RedisConnection } from "./connection.ts";
import { RedisError } from "./error.ts";
import type { RedisHealth } from "./health.ts";
import type { RedisKeys } from "./keys.ts";
import { pageArguments, type PageQuery, recordsOf } from "./page.ts";
import { placeArguments } from "./places.ts";
import type { RecordReader } from "./records.ts";
import type { Page } from "./scripts.ts";

/** Dependencies of a {@linkcode RedisHistory}. */
export interface RedisHistoryOptions {
  connection: RedisConnection;
  keys: RedisKeys;
  /** How old an event may be, in ms. */
  maxAgeMs: number;
  reader: RecordReader;
  /** Takes note of what cannot be read. */
  health: RedisHealth;
}

/** Reads records from the lists of their channels. */
export class RedisHistory implements History {
  readonly #options: RedisHistoryOptions;

  constructor(options: RedisHistoryOptions) {
    this.#options = options;
  }

  async read(
    { channels, from, upTo }: ReadQuery,
    limits: ReadLimits,
  ): Promise<ReadAnswer> {
    const records: TimelineRecord[] = [];
    const maxCount = lookUpCount(limits);
    let next = from;
    let found: { unproved?: Place } = {};
    while (true) {
      const page = await this.#page(channels, {
        kind: next.kind,
        from: next.kind === "after"
          ? next.id
          : next.kind === "since"
          ? next.ms
          : ORIGIN,
        unproved: next.kind === "after" ? next.unproved ?? ORIGIN : ORIGIN,
        ...{ upTo, maxCount, newest: 0 },
      });
      if (page.kind !== "found") {
        // What has been read is complete up to its end. The next reading finds the rest gone.
        if (records.length > 0) {
          return { kind: "found", records, isComplete: false, ...found };
        }
        return page.kind === "gone"
          ? { kind: "gone", floor: page.floor }
          : { kind: "unknown" };
      }
      if (next.kind === "earliest") found = { unproved: page.floor };
      const { records: more, last } = recordsOf(
        page,
        channels,
        this.#options.reader,
      );
      records.push(...more);
      const taken = readWithin(records, limits);
      if (!taken.isComplete || !page.cut || !last) {
        return { kind: "found", ...taken, ...found };
      }
      const unproved = next.kind === "after" ? next.unproved : found.unproved;
      next = { kind: "after", id: last, unproved };
    }
  }

  async latest(query: LatestQuery, limits: ReadLimits): Promise<Latest> {
    const { channels, count, upTo } = query;
    const maxCount = lookUpCount(limits);
    const events: ChannelEvent[] = [];
    let { after } = query;
    while (true) {
      const page = await this.#page(channels, {
        ...{ kind: "latest", from: after, unproved: ORIGIN, upTo },
        ...{ maxCount, newest: count },
      });
      const { records, last } = recordsOf(page, channels, this.#options.reader);
      events.push(...records.filter(isEvent));
      const taken = readWithin(events, limits);
      if (!taken.isComplete || !page.cut || !last) {
        return { events: taken.records, isComplete: taken.isComplete };
      }
      after = last;
    }
  }

  changed(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
  ): Promise<readonly string[]> {
    return this.#ask((client) =>
      client.changed(this.#keysOf(channels), [
        ...[...placeArguments(after), epochOf(after)],
        ...[...placeArguments(upTo), epochOf(upTo)],
        ...channels,
      ])
    );
  }

  #page(channels: readonly string[], query: PageQuery): Promise<Page> {
    const { maxAgeMs } = this.#options;
    return this.#ask((client) =>
      client.read(
        this.#keysOf(channels),
        [...pageArguments(query, maxAgeMs), ...channels],
      )
    );
  }

  #keysOf(channels: readonly string[]): string[] {
    const { keys } = this.#options;
    return [
      ...[keys.state, keys.floors, keys.oldest],
      ...channels.map((name) => keys.channel(name)),
    ];
  }

  /**
   * Asks Redis for something that changes nothing.
   *
   * @throws {UnavailableError} Redis is away, or refuses for a while.
   * @throws {UnreadableError} Redis refuses, and waiting will not help. Where Redis is away because of a refusal, that
   * one counts.
   */
  async #ask<T>(question: (client: RedisClient) => Promise<T>): Promise<T> {
    const { connection, health } = this.#options;
    try {
      return await connection.ask(question);
    } catch (error) {
      if (!(error instanceof RedisError)) throw error;
      const { isReady } = connection;
      // Without a connection only a refusal known to last is one for good: others, such as too many clients, may pass.
      if (isReady ? error.isPassing : !error.isLasting) throw error;
      if (isReady) health.note(error);
      throw readingError(error, false);
    }
  }
}

function isEvent(record: TimelineRecord): record is ChannelEvent {
  return !isNote(record);
}
