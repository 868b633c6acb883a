import { type EventId, eventIdMs } from "../events/event_id.ts";
import { Faults } from "../hub/faults.ts";
import type { Frame } from "../events/frame.ts";
import {
  type History,
  type LatestQuery,
  type Reading,
  type ReadLimits,
  readWithin,
} from "../journal/history.ts";
import { Hub } from "../hub/hub.ts";
import type { ChannelEvent } from "../events/message.ts";
import type { Start } from "../hub/deliver_from.ts";
import { timeFormat } from "./zone.ts";

/** How far back missed ticks are replayed, in s. */
const MAX_REPLAY_S = 3_600;
/** How many seconds more are still replayed, so that an hour asked for does not expire on its way here. */
const REPLAY_GRACE_S = 5;
/** How far apart the clocks of two machines may be, in s, for a client to go from one to the other. */
const MAX_AHEAD_S = 10;
/** By how much the system's time must go on beyond the time that passed to have been set, in ms: less is a tick's own jitter. */
const SET_FORWARD_MS = 1_000;
/** A client that stops reading for longer gets its ticks computed anew. */
const RING_LIMITS = { maxFrames: 64, maxBytes: 64 * 1024 };

/** What the event of a second says. */
export function tickText(time: string): string {
  return `The current time is ${time}`;
}

function tickId(second: number): EventId {
  return `${second * 1000}-0`;
}

function currentSecond(): number {
  return Math.floor(Date.now() / 1000);
}

/**
 * One tick at each whole second of the system's time, on a timeline of its own: a tick's id is its second, on every
 * instance, so that missed ticks are computed and none is stored. A zone is a channel, named as the zone is.
 */
export class Clock implements History, Disposable {
  readonly hub: Hub;
  readonly #formats = new Map<string, (ms: number) => string>();
  #second: number;
  #wallMs: number;
  #monotonicMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param faults Counts what fails. */
  constructor(faults: Faults = new Faults()) {
    this.#second = currentSecond();
    this.#wallMs = Date.now();
    this.#monotonicMs = performance.now();
    this.hub = new Hub(this, {
      last: tickId(this.#second),
      ringLimits: RING_LIMITS,
      faults,
    });
    this.#arm();
  }

  /**
   * Opens a stream of the zone's ticks: the current second at once, then every whole second.
   *
   * @param zone A zone's canonical name.
   * @param start Where the client goes on, if it was here before.
   * @throws {RangeError} where the time there cannot be told.
   */
  open(
    zone: string,
    start: Start = { resumes: false },
  ): ReadableStream<Frame> {
    this.#format(zone);
    // The timer may be late: what is due belongs to no one but those who were here.
    this.#catchUp();
    return this.hub.open([zone], {
      ...start,
      isMoment: false,
      latest: 1,
    });
  }

  /** Computes ticks, see {@linkcode History}. */
  read(
    channels: readonly string[],
    after: EventId,
    upTo: EventId,
    limits: ReadLimits,
  ): Promise<Reading | undefined> {
    const now = currentSecond();
    const first = Math.floor(eventIdMs(after) / 1000) + 1;
    const isKnown = first > now - MAX_REPLAY_S - REPLAY_GRACE_S &&
      first - 1 <= Math.max(now, this.#second) + MAX_AHEAD_S;
    if (!isKnown) return Promise.resolve(undefined);
    // Where the system's time was set back, the timeline is ahead of it.
    const last = Math.min(now, eventIdMs(upTo) / 1000);
    return Promise.resolve(
      readWithin(this.#ticks(channels, first, last), limits),
    );
  }

  /** The id behind which every tick can be computed, see {@linkcode History}. */
  floor(): Promise<EventId> {
    return Promise.resolve(tickId(currentSecond() - MAX_REPLAY_S));
  }

  /** The tick of the current second, see {@linkcode History}. */
  latest({ channels, upTo }: LatestQuery): Promise<Reading> {
    const now = currentSecond();
    // One that is newer than the timeline's end is about to come.
    const isDue = now * 1000 > eventIdMs(upTo);
    const events = isDue ? [] : channels.map((zone) => this.#tick(zone, now));
    return Promise.resolve({ events, isComplete: true });
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.hub[Symbol.dispose]();
  }

  *#ticks(
    zones: readonly string[],
    first: number,
    last: number,
  ): Generator<ChannelEvent> {
    for (let second = first; second <= last; second++) {
      for (const zone of zones) yield this.#tick(zone, second);
    }
  }

  /** Sets the timer for the next whole second: each time anew, so that a late tick does not delay those after it. */
  #arm(): void {
    this.#timer = setTimeout(() => {
      this.#arm();
      this.#catchUp();
    }, 1000 - Date.now() % 1000);
  }

  /** Brings the timeline up to the current second. */
  #catchUp(): void {
    const wallMs = Date.now();
    const monotonicMs = performance.now();
    const setByMs = (wallMs - this.#wallMs) -
      (monotonicMs - this.#monotonicMs);
    this.#wallMs = wallMs;
    this.#monotonicMs = monotonicMs;
    const now = Math.floor(wallMs / 1000);
    // Seconds that the process slept through are made up for; those that the system's time skipped never were.
    const isJump = setByMs >= SET_FORWARD_MS ||
      now - this.#second > MAX_REPLAY_S;
    if (isJump) this.#second = Math.max(this.#second, now - 1);
    while (this.#second < now) {
      this.#second++;
      this.#emit(this.#second);
    }
  }

  #emit(second: number): void {
    const zones = new Set(this.hub.channels);
    const ticks: ChannelEvent[] = [];
    for (const zone of zones) {
      try {
        ticks.push(this.#tick(zone, second));
      } catch (error) {
        this.hub.cut(zone, error);
      }
    }
    for (const zone of this.#formats.keys()) {
      if (!zones.has(zone)) this.#formats.delete(zone);
    }
    this.hub.append(ticks, tickId(second))
      .catch((error) => this.hub.faults.note("a tick was lost", error));
  }

  #tick(zone: string, second: number): ChannelEvent {
    return {
      channel: zone,
      data: tickText(this.#format(zone)(second * 1000)),
      id: tickId(second),
    };
  }

  #format(zone: string): (ms: number) => string {
    let format = this.#formats.get(zone);
    if (!format) this.#formats.set(zone, format = timeFormat(zone));
    return format;
  }
}
