import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  compareEventIds,
  type EventId,
  ORIGIN,
  type Place,
  placeBefore,
} from "../../events/event_id.ts";
import type { ChannelEvent } from "../../events/message.ts";
import { isAsked, tooManyError } from "../asked.ts";
import type {
  Found,
  Gone,
  History,
  Latest,
  LatestQuery,
  ReadAnswer,
  ReadFrom,
  ReadLimits,
  ReadQuery,
} from "../history.ts";
import type { TimelineRecord } from "../note.ts";
import { highest, isOurs, judge, type Knowledge } from "../proof.ts";
import { lookUpCount, readWithin } from "../reading.ts";
import { type AskedPlaces, Finder } from "./asked_places.ts";
import { attempt, type AttemptOptions } from "./attempt.ts";
import type { IndexGuard } from "./index_guard.ts";
import { END, placeBeforeAll } from "./places.ts";
import { comparePlaces, type RowPlace, toPlace, toRecord } from "./rows.ts";
import type { SqliteWriter } from "./writer.ts";

/** Dependencies of a {@linkcode SqliteHistory}. */
export interface SqliteHistoryOptions extends AttemptOptions {
  readonly database: DatabaseSync;
  /** Knows what the index cannot be trusted with. */
  readonly index: IndexGuard;
}

/**
 * Reads records from a journal's file. Never by `StatementSync.iterate()`, which takes a failed step for the end of the
 * rows. Places are small, so they are looked up all at once; then the records are read one by one, as far as the limits
 * go.
 */
export class SqliteHistory implements History {
  readonly #writer: SqliteWriter;
  readonly #index: IndexGuard;
  readonly #attempting: AttemptOptions;
  readonly #finder: Finder;
  readonly #one: StatementSync;

  /** @throws {Error} The file is damaged. */
  constructor(options: SqliteHistoryOptions) {
    const { database, writer, index } = options;
    this.#writer = writer;
    this.#index = index;
    this.#attempting = options;
    this.#finder = new Finder(database, writer.channels, writer.clock);
    this.#one = database.prepare(
      "SELECT ms, n, channel, note, type, fields, data FROM event WHERE ms = ? AND n = ?",
    );
  }

  read(query: ReadQuery, limits: ReadLimits): Promise<ReadAnswer> {
    return this.#attempt(() => {
      const places = this.#finder.find(query.channels);
      if (!places) return { kind: "unknown" };
      const verdict = judge(query, this.#knowledge(places));
      return verdict.kind === "allowed"
        ? this.#read(query, places, limits, verdict)
        : verdict;
    });
  }

  async latest(query: LatestQuery, limits: ReadLimits): Promise<Latest> {
    const found = await this.#attempt(() => {
      this.#index.assertTrusted(query);
      const { channels, after, upTo, count } = query;
      const places = this.#finder.find(channels)
        ?.newest({ after, upTo }, count, lookUpCount(limits));
      return places && this.#take(places, channels, limits);
    });
    if (!found) throw tooManyError();
    const { records, isComplete } = found;
    return { events: records as ChannelEvent[], isComplete };
  }

  changed(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
  ): Promise<readonly string[]> {
    return this.#attempt(() => {
      const knowledge = this.#knowledge();
      if (!isOurs(after, knowledge) || !isOurs(upTo, knowledge)) {
        return channels;
      }
      this.#index.assertTrusted({ channels, after, upTo: END });
      return channels.filter((asked) => {
        const places = this.#finder.find([asked]);
        if (!places) return true;
        const { floor } = this.#knowledge(places);
        return floor !== undefined && compareEventIds(floor.place, after) > 0 ||
          places.oldest({ after, upTo: END }, 1).length > 0;
      });
    });
  }

  #read(
    { channels, from, upTo }: ReadQuery,
    places: AskedPlaces,
    limits: ReadLimits,
    { floor, unproved }: { floor: Place; unproved?: Place },
  ): Found | Gone {
    this.#index.assertTrusted({ channels, after: placeBeforeAll(from), upTo });
    const after = startOf(places, from);
    if (from.kind === "since" && after && compareEventIds(after, floor) < 0) {
      // The clock went back: what was let go counts as older than the moment, and yet came after it.
      return { kind: "gone", floor };
    }
    const found = after
      ? places.oldest({ after, upTo }, lookUpCount(limits))
      : [];
    return {
      kind: "found",
      ...this.#take(found, channels, limits),
      ...(unproved !== undefined && { unproved }),
    };
  }

  #take(
    places: readonly RowPlace[],
    channels: readonly string[],
    limits: ReadLimits,
  ): { records: TimelineRecord[]; isComplete: boolean } {
    const inOrder = places.toSorted(comparePlaces);
    return readWithin(this.#records(inOrder, channels), limits);
  }

  /** Reads each record only when it is asked for: all of them together may be large. */
  *#records(
    places: readonly RowPlace[],
    channels: readonly string[],
  ): Generator<TimelineRecord> {
    for (const place of places) {
      const row = this.#one.get(place.ms, place.n);
      // The places come from the index by channel, which may be damaged while the events are whole.
      if (!row || !isAsked(channels, row.channel as string)) {
        throw new TypeError(
          `Cannot find event ${toPlace(place)}: the index is wrong`,
        );
      }
      yield toRecord(row, this.#writer.known.epochs);
    }
  }

  #knowledge(places?: AskedPlaces): Knowledge {
    const { known, last, clock } = this.#writer;
    const floor = highest([known.floor, ...places?.floors ?? []], clock);
    return { epochs: known.epochs, last, floor, clock };
  }

  #attempt<T>(read: () => T): Promise<T> {
    return attempt(this.#attempting, read);
  }
}

/** The place after which a reading begins; nothing where it finds nothing. */
function startOf(places: AskedPlaces, from: ReadFrom): EventId | undefined {
  if (from.kind === "after") return from.id;
  if (from.kind === "earliest") return ORIGIN;
  const [first] = places.firstSince(from.ms).toSorted(comparePlaces);
  return first && placeBefore(toPlace(first));
}
