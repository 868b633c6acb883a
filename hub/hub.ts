import type { EventId } from "../events/event_id.ts";
import type { Status } from "../events/frame.ts";
import type { History } from "../journal/history.ts";
import type { TimelineRecord } from "../journal/note.ts";
import { nothingSent, type Sent } from "./counts.ts";
import type { DeliverFrom } from "./deliver_from.ts";
import { Faults } from "./faults.ts";
import { Flusher } from "./flusher.ts";
import {
  type HubOptions,
  PAGE_LIFETIME_MS,
  RING_LIMITS,
} from "./hub_options.ts";
import { Memory } from "./memory.ts";
import { Registry } from "./registry.ts";
import type { Position } from "./ring.ts";
import { toSelection } from "./selection.ts";
import type { Sink } from "./sink.ts";
import { StatusFrames } from "./status_frames.ts";
import { STREAM_OPTIONS, type StreamOptions } from "./stream_options.ts";
import { Subscriber, type SubscriberHub } from "./subscriber.ts";
import { Timeline } from "./timeline.ts";
import { Upkeep } from "./upkeep.ts";

/**
 * Fans events out: takes each in its timeline's order, encodes it once, and gives every subscriber the frames after its
 * cursor. A channel is in memory only while it has subscribers.
 */
export class Hub implements SubscriberHub, Disposable {
  readonly timeline: Timeline;
  readonly sent: Sent = nothingSent();
  readonly faults: Faults;
  readonly memory: Memory;
  readonly statusFrames: StatusFrames = new StatusFrames();
  readonly #registry: Registry;
  readonly #onSubscribers: NonNullable<HubOptions["onSubscribers"]>;
  readonly #waiting = new Set<Subscriber>();
  readonly #flusher = new Flusher();
  readonly #upkeep: Upkeep;
  #subscriberCount = 0;

  constructor(
    history: History,
    {
      last,
      ringLimits = RING_LIMITS,
      pageLifetimeMs = PAGE_LIFETIME_MS,
      faults = new Faults(),
      memory = Memory.unbounded(),
      saysLive = true,
      retention,
      onSubscribers,
    }: HubOptions = {},
  ) {
    this.faults = faults;
    this.memory = memory;
    this.#registry = new Registry(ringLimits, memory);
    this.#onSubscribers = onSubscribers ?? (() => {});
    this.timeline = new Timeline({
      history,
      registry: this.#registry,
      flusher: this.#flusher,
      faults,
      memory,
      onMove: () => this.#wakeWaiting(),
      last,
      saysLive,
      pageLifetimeMs,
    });
    this.#upkeep = new Upkeep(this.#registry, this.timeline, memory, retention);
  }

  /** How far the timeline has come here. */
  get position(): Position {
    return this.timeline.position;
  }

  get beat(): number {
    return this.#upkeep.beat;
  }

  /** How many streams are open. */
  get subscriberCount(): number {
    return this.#subscriberCount;
  }

  /** The names and patterns in memory: those with subscribers. */
  get channels(): readonly string[] {
    return this.#registry.names;
  }

  /** How many streams carry the channel. */
  subscribersOf(channel: string): number {
    return this.#registry.subscribersOf(channel);
  }

  /**
   * Takes in what comes next in the timeline, and resolves once subscribers can have it.
   *
   * @param records Events and notes, in the order of their places.
   * @param last The id up to which the timeline is now known. It may be newer than the last record's.
   */
  append(records: readonly TimelineRecord[], last: EventId): Promise<void> {
    this.#upkeep.noteRecords(records);
    return this.timeline.append(records, last);
  }

  /** Says after which id the timeline goes on, before anything is appended. Streams that resume wait for it. */
  begin(id: EventId): Promise<void> {
    return this.timeline.begin(id);
  }

  /**
   * Leaves out a part of the timeline. Streams whose channels had events in it read these from the history, on from where
   * the hub stood before.
   *
   * @param to The id after which it goes on.
   */
  skip(to: EventId): Promise<void> {
    this.#upkeep.noteSkip();
    return this.timeline.skip(to);
  }

  /**
   * Ends the timeline and begins another: every stream gets a reset.
   *
   * @param id The id after which the new timeline goes on.
   */
  reset(id: EventId): Promise<void> {
    this.#upkeep.noteReset();
    return this.timeline.reset(id);
  }

  /** Opens a stream of names and patterns, in one order. `onLeave` is called when it has ended, perhaps twice. */
  open(
    channels: readonly string[],
    from: DeliverFrom,
    sink: Sink,
    options: StreamOptions = STREAM_OPTIONS,
    onLeave?: () => void,
  ): Pick<Subscriber, "close"> {
    const selection = toSelection(channels, options.format);
    const audience = this.#registry.audience(selection, this.position);
    const parts = { audience, from, sink, options, onLeave };
    const subscriber = new Subscriber(this, parts);
    audience.members.add(subscriber);
    this.#subscriberCount++;
    this.#onSubscribers(selection.channels, 1);
    this.#upkeep.start();
    sink.open(subscriber);
    return subscriber;
  }

  wait(subscriber: Subscriber, from: Position): void {
    subscriber.audience.park(subscriber);
    this.#waiting.add(subscriber);
    // Another object is another position: the timeline has moved while the subscriber's reader was busy.
    if (from !== this.position) this.#wakeWaiting();
  }

  leave(subscriber: Subscriber): void {
    const { audience } = subscriber;
    audience.unpark(subscriber);
    this.#waiting.delete(subscriber);
    if (!audience.members.delete(subscriber)) return;
    if (--this.#subscriberCount === 0) this.#rest();
    this.#onSubscribers(audience.selection.channels, -1);
    if (audience.members.size === 0) this.#registry.remove(audience);
  }

  /** Ends every stream, each with the status and a drawn `retry`. */
  closeAll(status: Status): void {
    for (const member of this.#registry.members()) member.close(status);
  }

  /** Cuts the streams that carry the channel: what they should get next has failed. */
  cut(channel: string, error: unknown): void {
    for (const member of this.#registry.members(channel)) member.fail(error);
  }

  [Symbol.dispose](): void {
    this.closeAll({ state: "draining" });
    this.#flusher[Symbol.dispose]();
  }

  /** Nobody reads. */
  #rest(): void {
    this.#upkeep.stop();
    this.timeline.pages.clear();
  }

  #wakeWaiting(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const subscriber of waiting) {
      // A flush may have woken it already.
      if (subscriber.slot >= 0) subscriber.wake();
    }
  }
}
