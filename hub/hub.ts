import type { EventId } from "../events/event_id.ts";
import type { Status } from "../events/frame.ts";
import type { ChannelEvent } from "../events/message.ts";
import type { History } from "../journal/history.ts";
import type { Journal } from "../journal/journal.ts";
import { nothingSent, type Sent } from "./counts.ts";
import type { DeliverFrom } from "./deliver_from.ts";
import { Faults } from "./faults.ts";
import { Flusher } from "./flusher.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Registry } from "./registry.ts";
import type { Position, RingLimits } from "./ring.ts";
import type { Sink } from "./sink.ts";
import { Subscriber, type SubscriberHub } from "./subscriber.ts";
import { Timeline } from "./timeline.ts";

/** Enough for a reader that is a second late, with the fastest publishers. */
const RING_LIMITS: RingLimits = { maxFrames: 1_024, maxBytes: 4 * 1024 * 1024 };

/** Options for {@linkcode Hub}. */
export interface HubOptions {
  /** The id after which the timeline goes on. Without it, {@linkcode Hub.begin} says so. */
  last?: EventId;
  /** How much each channel's ring holds. */
  ringLimits?: RingLimits;
  /** Counts what fails. */
  faults?: Faults;
  /** Called when a stream opens or closes, once per channel. */
  onSubscribers?: ((channel: string, change: 1 | -1) => void) | undefined;
}

/**
 * Fans events out: takes each in its timeline's order, encodes it once, and gives every subscriber the frames after its
 * cursor. A channel is in memory only while it has subscribers.
 */
export class Hub implements SubscriberHub, Disposable {
  readonly timeline: Timeline;
  readonly sent: Sent = nothingSent();
  readonly faults: Faults;
  readonly #registry: Registry;
  readonly #onSubscribers: NonNullable<HubOptions["onSubscribers"]>;
  readonly #waiting = new Set<Subscriber>();
  readonly #flusher = new Flusher();
  readonly #heartbeat = new Heartbeat((idleSince) => {
    for (const audience of this.#registry.audiences) audience.beat(idleSince);
  });
  #subscriberCount = 0;

  constructor(
    history: History,
    { last, ringLimits = RING_LIMITS, faults = new Faults(), onSubscribers }:
      HubOptions = {},
  ) {
    this.faults = faults;
    this.#registry = new Registry(ringLimits);
    this.#onSubscribers = onSubscribers ?? (() => {});
    this.timeline = new Timeline({
      history,
      registry: this.#registry,
      flusher: this.#flusher,
      faults,
      onMove: () => this.#wakeWaiting(),
      last,
    });
  }

  /** How far the timeline has come here. */
  get position(): Position {
    return this.timeline.position;
  }

  get beat(): number {
    return this.#heartbeat.beat;
  }

  /** How many streams are open. */
  get subscriberCount(): number {
    return this.#subscriberCount;
  }

  /** The names of the channels in memory: those with subscribers. */
  get channels(): readonly string[] {
    return this.#registry.names;
  }

  /** How many streams carry the channel. */
  subscribersOf(channel: string): number {
    let count = 0;
    for (const audience of this.#registry.channel(channel)?.audiences ?? []) {
      count += audience.members.size;
    }
    return count;
  }

  /** Takes in what the journal's tail brings, until the journal is closed. */
  async follow(journal: Journal): Promise<void> {
    let isFirst = true;
    for await (const { events, last, isReset } of journal.tail()) {
      if (isFirst) await this.begin(last);
      else if (isReset) await this.reset(last);
      else await this.append(events, last);
      isFirst = false;
    }
  }

  /**
   * Takes in what comes next in the timeline, and resolves once subscribers can have it.
   *
   * @param events In the order of their ids.
   * @param last The id up to which the timeline is now known. It may be newer than the last event's.
   */
  append(events: readonly ChannelEvent[], last: EventId): Promise<void> {
    return this.timeline.append(events, last);
  }

  /**
   * Says where the timeline stands, before anything is appended. Streams that resume wait for it.
   *
   * @param id The id after which it goes on.
   */
  begin(id: EventId): Promise<void> {
    return this.timeline.begin(id);
  }

  /**
   * Ends the timeline and begins another: every stream gets a reset.
   *
   * @param id The id after which the new timeline goes on.
   */
  reset(id: EventId): Promise<void> {
    return this.timeline.reset(id);
  }

  /** Opens a stream of the channels, on which there is one order. Its bytes go to the sink. */
  open(channels: readonly string[], from: DeliverFrom, sink: Sink): void {
    const audience = this.#registry.audience(channels, this.position);
    const subscriber = new Subscriber(this, audience, from, sink);
    audience.members.add(subscriber);
    this.#subscriberCount++;
    for (const name of audience.channels) this.#onSubscribers(name, 1);
    this.#heartbeat.start();
    sink.open(subscriber);
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
    if (--this.#subscriberCount === 0) this.#heartbeat.stop();
    for (const name of audience.channels) this.#onSubscribers(name, -1);
    if (audience.members.size === 0) this.#registry.remove(audience);
  }

  /** Ends every stream, each with the status and a drawn `retry`. */
  closeAll(status: Status): void {
    for (const audience of [...this.#registry.audiences]) {
      for (const member of [...audience.members]) member.close(status);
    }
  }

  /** Cuts the streams that carry the channel: what they should get next has failed. */
  cut(channel: string, error: unknown): void {
    const audiences = this.#registry.channel(channel)?.audiences ?? [];
    for (const audience of [...audiences]) {
      for (const member of [...audience.members]) member.fail(error);
    }
  }

  [Symbol.dispose](): void {
    this.closeAll({ state: "draining" });
    this.#flusher[Symbol.dispose]();
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
