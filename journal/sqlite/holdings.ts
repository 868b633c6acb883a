import type { StatementSync } from "node:sqlite";
import { type EventId, eventId, ORIGIN } from "../../events/event_id.ts";
import type { Holding, Holdings } from "../holdings.ts";
import { attempt } from "./attempt.ts";
import type { SqliteHistoryOptions } from "./history.ts";
import { END } from "./places.ts";
import { type RowPlace, toPlace } from "./rows.ts";
import { BY_CHANNEL } from "./timeline.ts";

/** Says what a journal's file holds. */
export class SqliteHoldings {
  readonly #options: SqliteHistoryOptions;
  readonly #count: StatementSync;
  readonly #oldest: StatementSync;
  readonly #newest: StatementSync;

  /** @throws {Error} The file is damaged. */
  constructor(options: SqliteHistoryOptions) {
    const { database } = options;
    this.#options = options;
    this.#count = database.prepare("SELECT events FROM channel WHERE name = ?");
    const one = (order: string) =>
      database.prepare(
        `SELECT ms, n FROM ${BY_CHANNEL} WHERE channel = ? AND note IS NULL ORDER BY ${order} LIMIT 1`,
      );
    this.#oldest = one("ms, n");
    this.#newest = one("ms DESC, n DESC");
  }

  /** See {@linkcode Journal.holdings}. */
  of(channels: readonly string[]): Promise<Holdings> {
    return attempt(this.#options, () => {
      const { index, writer } = this.#options;
      index.assertTrusted({ channels, after: ORIGIN, upTo: END });
      return {
        position: writer.last,
        channels: channels.map((name) => this.#holding(name)),
      };
    });
  }

  #holding(channel: string): Holding {
    const { events = 0 } = this.#count.get(channel) ?? {};
    return {
      events: events as number,
      first: this.#id(this.#oldest.get(channel)),
      last: this.#id(this.#newest.get(channel)),
    };
  }

  #id(row: Record<string, unknown> | undefined): EventId | undefined {
    if (!row) return undefined;
    const place = toPlace(row as unknown as RowPlace);
    const { epochs } = this.#options.writer.known;
    return eventId(place, epochs.nameAt(place));
  }
}
