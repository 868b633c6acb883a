import type { ChannelEvent } from "../events/message.ts";
import type { DeliverFrom, Fresh } from "../hub/deliver_from.ts";
import { Hub } from "../hub/hub.ts";
import type { HubOptions } from "../hub/hub_options.ts";
import type { Sink } from "../hub/sink.ts";
import type { StreamOptions } from "../hub/stream_options.ts";
import { currentSecond, MAX_REPLAY_S, tickId, Ticks } from "./ticks.ts";

/** By how much more than the time that passed the system's time must rise, in ms, to have been set: less is jitter. */
const SET_FORWARD_MS = 1_000;
/** A reader that stops reading for longer gets its ticks computed anew. */
const RING_LIMITS = { maxFrames: 64, maxBytes: 64 * 1024 };
/** Ticks stay the same for good, but parts that nobody asks for again should not stay. */
const PAGE_LIFETIME_MS = 5 * 60_000;
/** A fresh stream begins with the current second. */
const LATEST_TICK: Fresh = { kind: "latest", count: 1 };

/**
 * One tick at each whole second of the system's time, on a timeline of its own: a tick's id is its second, on every
 * instance. A zone is a channel, named as the zone is.
 */
export class Clock implements Disposable {
  readonly hub: Hub;
  readonly #ticks = new Ticks();
  #second: number;
  #wallMs: number;
  #monotonicMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    { faults, memory, onSubscribers }: Pick<
      HubOptions,
      "faults" | "memory" | "onSubscribers"
    > = {},
  ) {
    this.#second = currentSecond();
    this.#wallMs = Date.now();
    this.#monotonicMs = performance.now();
    this.hub = new Hub(this.#ticks, {
      last: tickId(this.#second),
      // It begins with a tick, at once.
      saysLive: false,
      ringLimits: RING_LIMITS,
      pageLifetimeMs: PAGE_LIFETIME_MS,
      ...(faults && { faults }),
      ...(memory && { memory }),
      onSubscribers,
    });
    this.#arm();
  }

  /**
   * Opens a stream of a zone's ticks: the current second at once, then every whole second.
   *
   * @param zone A zone's canonical name.
   * @param from Where the stream begins. A fresh one, or one that was reset, begins with the current second.
   * @param sink Where its bytes go.
   * @param options How it is written.
   * @throws {RangeError} where the time in the zone cannot be told.
   */
  open(
    zone: string,
    from: DeliverFrom,
    sink: Sink,
    options?: StreamOptions,
  ): void {
    this.#ticks.checkZone(zone);
    // The timer may be late. A tick that is due belongs to the streams that were opened before this one.
    this.#catchUp();
    this.hub.open([zone], toTicks(from), sink, options);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.hub[Symbol.dispose]();
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
    // Seconds that the process slept through are made up for. Seconds that the system's time skipped never were.
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
        ticks.push(this.#ticks.tick(zone, second));
      } catch (error) {
        this.hub.cut(zone, error);
      }
    }
    this.#ticks.keepZones(zones);
    this.hub.append(ticks, tickId(second))
      .catch((error) => this.hub.faults.note("a tick was lost", error));
  }
}

/** Every moment has its tick, so a moment is as good as an id. */
function toTicks(from: DeliverFrom): DeliverFrom {
  switch (from.kind) {
    case "new":
    case "latest":
      return LATEST_TICK;
    case "since":
      return { kind: "after", id: `${from.ms}-0`, afterReset: LATEST_TICK };
    default:
      return { ...from, afterReset: LATEST_TICK };
  }
}
