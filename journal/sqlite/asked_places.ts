import type { DatabaseSync } from "node:sqlite";
import { MAX_MATCHING, toAsked } from "../asked.ts";
import type { Floor } from "../proof.ts";
import type { StoreClock } from "../store_clock.ts";
import type { ChannelTable, Reach } from "./channel_table.ts";
import { PatternPlaces } from "./pattern_places.ts";
import { Places, type Range } from "./places.ts";
import type { RowPlace } from "./rows.ts";

/** Finds out which channels a query asks for. */
export class Finder {
  readonly #channels: ChannelTable;
  readonly #places: Places;
  readonly #patterns: PatternPlaces;

  /** @throws {Error} The file is damaged. */
  constructor(
    database: DatabaseSync,
    channels: ChannelTable,
    clock: StoreClock,
  ) {
    this.#channels = channels;
    this.#places = new Places(database, clock);
    this.#patterns = new PatternPlaces(database, clock);
  }

  /** What names and patterns ask for; nothing where too many channels match the patterns. */
  find(channels: readonly string[]): AskedPlaces | undefined {
    const { names, stems } = toAsked(channels);
    const reaches = stems.map((stem) => this.#channels.reachOf(stem));
    const count = reaches.reduce((sum, { channels }) => sum + channels, 0);
    if (count > MAX_MATCHING) return undefined;
    return new AskedPlaces(
      { names, reaches, channels: this.#channels },
      this.#places,
      this.#patterns,
    );
  }
}

/** The places of the records that a query asks for, none of them twice. */
export class AskedPlaces {
  readonly #names: readonly string[];
  readonly #reaches: readonly Reach[];
  readonly #channels: ChannelTable;
  readonly #places: Places;
  readonly #patterns: PatternPlaces;

  constructor(
    { names, reaches, channels }: {
      names: readonly string[];
      reaches: readonly Reach[];
      channels: ChannelTable;
    },
    places: Places,
    patterns: PatternPlaces,
  ) {
    this.#names = names;
    this.#reaches = reaches;
    this.#channels = channels;
    this.#places = places;
    this.#patterns = patterns;
  }

  /** The floors of what the channels alone have lost. */
  get floors(): (Floor | undefined)[] {
    return [
      ...this.#names.map((name) => this.#channels.floorOf(name)),
      ...this.#reaches.flatMap(({ stem }) => this.#channels.floorsOf(stem)),
    ];
  }

  /** The oldest records of each name and pattern, in no order. */
  oldest(range: Range, limit: number): RowPlace[] {
    return [
      ...this.#names.flatMap((name) => this.#places.oldest(name, range, limit)),
      ...this.#reaches.flatMap((reach) =>
        this.#patterns.oldest(reach, range, limit)
      ),
    ];
  }

  /** The newest `count` events of each channel, of patterns the oldest `limit` of those, in no order. */
  newest(range: Range, count: number, limit: number): RowPlace[] {
    return [
      ...this.#names.flatMap((name) => this.#places.newest(name, range, count)),
      ...this.#reaches.flatMap((reach) =>
        this.#patterns.newest(reach, range, count, limit)
      ),
    ];
  }

  /** Of each name and pattern, the first record that counts as appended at a moment or later. */
  firstSince(ms: number): RowPlace[] {
    return [
      ...this.#names.flatMap((name) => this.#places.firstSince(name, ms)),
      ...this.#reaches.flatMap((reach) => this.#patterns.firstSince(reach, ms)),
    ];
  }
}
