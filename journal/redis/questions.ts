import { epochOf, type EventId } from "../../events/event_id.ts";
import { MAX_MATCHING, namesBetween } from "../asked.ts";
import type { Holdings } from "../holdings.ts";
import { readingError } from "../reading.ts";
import type { RedisClient } from "./client.ts";
import type { RedisConnection } from "./connection.ts";
import { RedisError } from "./error.ts";
import type { RedisHealth } from "./health.ts";
import type { RedisKeys } from "./keys.ts";
import { pageArguments, type PageQuery } from "./page.ts";
import { placeArguments } from "./places.ts";
import type { Match, Page } from "./scripts.ts";

/** Dependencies of {@linkcode Questions}. */
export interface QuestionsOptions {
  connection: RedisConnection;
  keys: RedisKeys;
  /** How old an event may be, in ms. */
  maxAgeMs: number;
  /** Takes note of what cannot be read. */
  health: RedisHealth;
}

/**
 * What Redis is asked about the past, none of which changes anything. Each question throws an `UnavailableError` where Redis
 * is away or refuses for a while, and an `UnreadableError` where it refuses and waiting will not help. Where Redis is away
 * because of a refusal, that one counts.
 */
export class Questions {
  readonly #options: QuestionsOptions;

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** Reads a page of some channels, see `READ`. */
  page(channels: readonly string[], query: PageQuery): Promise<Page> {
    const { maxAgeMs } = this.#options;
    return this.#ask((client) =>
      client.read(
        this.#keysOf(channels),
        [...pageArguments(query, maxAgeMs), ...channels],
      )
    );
  }

  /** Finds channels that may have had records after an id, see `CHANGED`. */
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

  /** Finds the channels whose names begin with a stem, see `MATCH`; one too many where there are too many. */
  match(stems: readonly string[], upTo: EventId): Promise<Match> {
    const { keys } = this.#options;
    return this.#ask((client) =>
      client.match([keys.state, keys.oldest, keys.names], [
        ...[...placeArguments(upTo), epochOf(upTo), `${MAX_MATCHING + 1}`],
        ...stems.flatMap((stem) => {
          const [from, before] = namesBetween(stem);
          return [`[${from}`, `(${before}`];
        }),
      ])
    );
  }

  /** Says what is held of channels, see `HOLDINGS`. */
  holdings(channels: readonly string[]): Promise<Holdings> {
    const { keys, maxAgeMs } = this.#options;
    const lists = channels.map((name) => keys.channel(name));
    return this.#ask((client) =>
      client.holdings([keys.state, ...lists], [`${maxAgeMs}`])
    );
  }

  #keysOf(channels: readonly string[]): string[] {
    const { keys } = this.#options;
    return [
      ...[keys.state, keys.floors, keys.oldest],
      ...channels.map((name) => keys.channel(name)),
    ];
  }

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
