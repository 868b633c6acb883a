import {
  compareEventIds,
  epochOf,
  type EventId,
  eventIdMs,
  type Place,
} from "../events/event_id.ts";
import type { ChannelEvent } from "../events/message.ts";
import type {
  Found,
  History,
  Latest,
  LatestQuery,
  ReadAnswer,
  ReadLimits,
  ReadQuery,
} from "../journal/history.ts";
import { readWithin } from "../journal/reading.ts";
import { timeFormat } from "./zone.ts";

/** How far back missed ticks are replayed, in s. */
export const MAX_REPLAY_S = 3_600;
/** How much older an id may be, in s, so that an hour that was asked for does not expire on its way here. */
const REPLAY_GRACE_S = 5;
/**
 * Parts of a replay end where a block of so many seconds does, as far as they may be so long. So the replays of a zone
 * consist of the same parts, whenever they begin.
 */
const BLOCK_S = 240;
/** How far the clocks of two machines may be apart, in s, for a reader to go from one to the other. */
const MAX_AHEAD_S = 10;

/** What the event of a second says. */
export function tickText(time: string): string {
  return `The current time is ${time}`;
}

/** The id of a second's tick, the same on every instance. */
export function tickId(second: number): Place {
  return `${second * 1000}-0`;
}

/** The current second of the system's time, in s since the epoch. */
export function currentSecond(): number {
  return Math.floor(Date.now() / 1000);
}

/** Seconds from `first` to `last`, both included. There are none where `last` is before `first`. */
export interface Seconds {
  first: number;
  last: number;
}

/**
 * Which ticks come after an id.
 *
 * @param after The id that was seen last.
 * @param upTo The id of the timeline's newest tick.
 * @param now The current second. It is before `upTo` where the system's time was set back.
 * @returns Nothing where `after` is too old, or is of a future that no clock can be in.
 */
export function ticksAfter(
  after: EventId,
  upTo: EventId,
  now: number,
): Seconds | undefined {
  const seen = Math.floor(eventIdMs(after) / 1000);
  const newest = eventIdMs(upTo) / 1000;
  const isKnown = seen >= now - MAX_REPLAY_S - REPLAY_GRACE_S &&
    seen <= Math.max(now, newest) + MAX_AHEAD_S;
  return isKnown ? { first: seen + 1, last: Math.min(now, newest) } : undefined;
}

/** The ticks of every zone: each can be computed from its id, so none is stored. A zone is a channel. */
export class Ticks implements History {
  /** Making a format takes far longer than using it. */
  readonly #formats = new Map<string, (ms: number) => string>();

  /** @throws {RangeError} where the time in the zone cannot be told. */
  checkZone(zone: string): void {
    this.#format(zone);
  }

  /**
   * The tick of a second in a zone.
   *
   * @throws {RangeError} where the time in the zone cannot be told.
   */
  tick(zone: string, second: number): ChannelEvent {
    return {
      channel: zone,
      data: tickText(this.#format(zone)(second * 1000)),
      id: tickId(second),
    };
  }

  /** Forgets how the time is written in every zone but these. */
  keepZones(zones: ReadonlySet<string>): void {
    for (const zone of this.#formats.keys()) {
      if (!zones.has(zone)) this.#formats.delete(zone);
    }
  }

  /** Computes ticks, see {@linkcode History}. */
  read(
    { channels, from, upTo }: ReadQuery,
    limits: ReadLimits,
  ): Promise<ReadAnswer> {
    const now = currentSecond();
    const floor = tickId(now - MAX_REPLAY_S);
    if (from.kind === "earliest") {
      const seconds = ticksAfter(floor, upTo, now)!;
      const part = this.#read(channels, seconds, limits);
      return Promise.resolve({ ...part, unproved: floor });
    }
    // Every moment has its tick, so a moment is as good as an id.
    const id: EventId = from.kind === "since" ? `${from.ms}-0` : from.id;
    if (epochOf(id) !== "") return Promise.resolve({ kind: "unknown" });
    const unproved = from.kind === "after" ? from.unproved : undefined;
    const after = unproved && compareEventIds(id, unproved) < 0 ? unproved : id;
    const seconds = ticksAfter(after, upTo, now);
    return Promise.resolve(
      seconds
        ? this.#read(channels, seconds, limits)
        : compareEventIds(id, floor) < 0
        ? { kind: "gone", floor }
        : { kind: "unknown" },
    );
  }

  /** The tick of the current second, see {@linkcode History}. */
  latest({ channels, upTo }: LatestQuery): Promise<Latest> {
    const now = currentSecond();
    // A tick that is newer than the timeline's end is about to come.
    const isDue = now * 1000 > eventIdMs(upTo);
    const events = isDue ? [] : channels.map((zone) => this.tick(zone, now));
    return Promise.resolve({ events, isComplete: true });
  }

  /** Every zone has ticks, see {@linkcode History}. */
  changed(channels: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(channels);
  }

  /** Computes the ticks of some seconds: no further than their block goes. */
  #read(
    zones: readonly string[],
    { first, last }: Seconds,
    limits: ReadLimits,
  ): Found {
    const blockEnd = (Math.floor(first / BLOCK_S) + 1) * BLOCK_S - 1;
    const end = Math.min(last, blockEnd);
    const ticks = this.#between(zones, { first, last: end });
    const { records, isComplete } = readWithin(ticks, limits);
    return {
      kind: "found",
      records,
      isComplete: isComplete && end === last,
    };
  }

  #format(zone: string): (ms: number) => string {
    let format = this.#formats.get(zone);
    if (!format) this.#formats.set(zone, format = timeFormat(zone));
    return format;
  }

  *#between(
    zones: readonly string[],
    { first, last }: Seconds,
  ): Generator<ChannelEvent> {
    for (let second = first; second <= last; second++) {
      for (const zone of zones) yield this.tick(zone, second);
    }
  }
}
