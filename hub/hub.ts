import { Client, type ClientHub } from "./subscriber.ts";
import { type EventId, ORIGIN } from "../events/event_id.ts";
import { Directory } from "./registry.ts";
import { Faults } from "./faults.ts";
import type { Feed } from "./audience.ts";
import {
  checkFrame,
  type Frame,
  FrameEncoder,
  HEARTBEAT,
  type Status,
} from "../events/frame.ts";
import { FrameCache } from "./frame_cache.ts";
import type { History } from "../journal/history.ts";
import type { ChannelEvent } from "../events/message.ts";
import { Pacer } from "./pacer.ts";
import type { Position, RingLimits } from "./ring.ts";
import { nothingSent, type Sent } from "./sent.ts";
import type { Start } from "./deliver_from.ts";

/** How long a stream may stay silent, in ms: intermediaries close what is idle for longer, often after 30 or 60 s. */
export const HEARTBEAT_MS = 15_000;
const BEAT_MS = 1_000;
const HEARTBEAT_BEATS = HEARTBEAT_MS / BEAT_MS;

/** A feed of so few clients is flushed at once: it costs little, and a busy channel must not make it wait. */
const SMALL_FEED = 8;

/** Enough for a client that is a second behind the fastest publishers. */
const RING_LIMITS: RingLimits = { maxFrames: 1_024, maxBytes: 4 * 1024 * 1024 };

/** What a hub may be told besides. */
export interface HubOptions {
  /** The id behind which the timeline goes on. Without it, {@linkcode Hub.begin} tells. */
  last?: EventId;
  /** How much each channel's ring holds. */
  ringLimits?: RingLimits;
  /** Counts what fails. */
  faults?: Faults;
  /** Hears of each stream that comes or goes, by channel. */
  onClients?: ((channel: string, change: 1 | -1) => void) | undefined;
}

/**
 * Fans events out: takes each in its timeline's order, encodes it once, and gives every client the frames behind its
 * cursor. A channel is in memory only while it has clients.
 */
export class Hub implements ClientHub, Disposable {
  readonly history: History;
  readonly sent: Sent = nothingSent();
  readonly faults: Faults;
  readonly #encoder = new FrameEncoder();
  readonly #encode = ({ type, data, id }: ChannelEvent): Promise<Frame> => {
    const fields = { event: type, data, id };
    try {
      checkFrame(fields);
    } catch (error) {
      this.faults.note(`the event ${id} cannot be sent`, error);
      // A comment in its place keeps the events after it coming.
      return Promise.resolve(HEARTBEAT);
    }
    return this.#encoder.encode(fields);
  };
  readonly #replayed = new FrameCache();
  readonly #onClients: NonNullable<HubOptions["onClients"]>;
  readonly #directory: Directory;
  /** Feeds whose clients wait for a flush. */
  readonly #dirty = new Set<Feed>();
  readonly #small = new Set<Feed>();
  readonly #waiting = new Set<Client>();
  readonly #pacer = new Pacer(() => this.#flush(this.#dirty));
  #position: Position;
  #turn: Promise<void> = Promise.resolve();
  #beginning: EventId | undefined;
  #epoch = 0;
  #clientCount = 0;
  #beat = 0;
  #beatTimer: ReturnType<typeof setInterval> | undefined;

  constructor(
    history: History,
    { last, ringLimits = RING_LIMITS, faults = new Faults(), onClients }:
      HubOptions = {},
  ) {
    this.history = history;
    this.faults = faults;
    this.#beginning = last;
    this.#position = { ordinal: 0, id: last ?? ORIGIN };
    this.#directory = new Directory(ringLimits);
    this.#onClients = onClients ?? (() => {});
  }

  /** How far the timeline has come here. */
  get position(): Position {
    return this.#position;
  }

  get beginning(): EventId | undefined {
    return this.#beginning;
  }

  get epoch(): number {
    return this.#epoch;
  }

  get beat(): number {
    return this.#beat;
  }

  /** How many streams are open. */
  get clientCount(): number {
    return this.#clientCount;
  }

  /** The channels in memory: those with clients. */
  get channels(): readonly string[] {
    return this.#directory.names;
  }

  /** How many streams carry the channel. */
  clientsOf(channel: string): number {
    let count = 0;
    for (const feed of this.#directory.channel(channel)?.feeds ?? []) {
      count += feed.clients.size;
    }
    return count;
  }

  /**
   * Takes in what comes next in the timeline, and settles once its clients can have it.
   *
   * @param events In the order of their ids.
   * @param last The id up to which the timeline is now known; it may lie behind the last event's.
   */
  append(events: readonly ChannelEvent[], last: EventId): Promise<void> {
    const encoded = Promise.all(
      events.map((event) =>
        this.#directory.channel(event.channel) && this.#encode(event)
      ),
    );
    return this.#inTurn(async () => this.#push(events, await encoded, last));
  }

  /**
   * Tells where the timeline stands, before anything else is appended. Clients that resume have waited for it.
   *
   * @param id The id behind which it goes on.
   */
  begin(id: EventId): Promise<void> {
    return this.#inTurn(() => {
      this.#beginning = id;
      this.#moveTo({ ordinal: 0, id });
    });
  }

  /**
   * Ends the timeline and begins another: every client is told to reset.
   *
   * @param id The id behind which the new timeline goes on.
   */
  reset(id: EventId): Promise<void> {
    return this.#inTurn(() => {
      this.#epoch++;
      this.#replayed.clear();
      this.#moveTo({ ordinal: this.#position.ordinal + 1, id });
      for (const feed of this.#directory.feeds) this.#dirty.add(feed);
      this.#pacer.request();
    });
  }

  /** Opens a stream of the channels, on which there is one order. */
  open(
    channels: readonly string[],
    start: Start,
  ): ReadableStream<Frame> {
    const feed = this.#directory.feed(channels, this.#position);
    const client = new Client(this, feed, start);
    feed.clients.add(client);
    this.#clientCount++;
    for (const name of feed.channels) this.#onClients(name, 1);
    this.#beatTimer ??= setInterval(() => this.#onBeat(), BEAT_MS);
    return new ReadableStream(client, { highWaterMark: 0 });
  }

  encode(event: ChannelEvent): Promise<Frame> {
    return this.#replayed.get(event, this.#encode);
  }

  wait(client: Client, from: Position): void {
    client.feed.park(client);
    this.#waiting.add(client);
    if (from !== this.#position) this.#wakeWaiting();
  }

  leave(client: Client): void {
    const { feed } = client;
    feed.unpark(client);
    this.#waiting.delete(client);
    if (!feed.clients.delete(client)) return;
    for (const name of feed.channels) this.#onClients(name, -1);
    if (--this.#clientCount === 0) {
      clearInterval(this.#beatTimer);
      this.#beatTimer = undefined;
    }
    if (feed.clients.size > 0) return;
    this.#directory.remove(feed);
    this.#dirty.delete(feed);
    this.#small.delete(feed);
  }

  /** Ends every stream, each with the status and a drawn `retry`. */
  closeAll(status: Status): void {
    for (const feed of [...this.#directory.feeds]) {
      for (const client of [...feed.clients]) client.close(status);
    }
  }

  /** Cuts the streams that carry the channel: what they should get next has failed. */
  cut(channel: string, error: unknown): void {
    for (const feed of [...this.#directory.channel(channel)?.feeds ?? []]) {
      for (const client of [...feed.clients]) client.fail(error);
    }
  }

  [Symbol.dispose](): void {
    this.closeAll({ state: "draining" });
    this.#pacer[Symbol.dispose]();
  }

  #moveTo(position: Position): void {
    this.#position = position;
    for (const { ring } of this.#directory.channels) ring.skip(position);
    this.#wakeWaiting();
  }

  /** Does one thing after another; whoever asked for it hears of its failure, the next goes on. */
  #inTurn(action: () => void | Promise<void>): Promise<void> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => {});
    return done;
  }

  #push(
    events: readonly ChannelEvent[],
    frames: readonly (Frame | undefined)[],
    last: EventId,
  ): void {
    for (const [i, { channel: name, id }] of events.entries()) {
      const position = { ordinal: this.#position.ordinal + 1, id };
      this.#position = position;
      const channel = this.#directory.channel(name);
      if (!channel) continue;
      const frame = frames[i];
      // Without a frame, the channel came into memory while its event went by: it is found in the history.
      if (frame) channel.ring.push(position, frame);
      else channel.ring.skip(position);
      for (const feed of channel.feeds) {
        feed.grow();
        const isSmall = feed.clients.size <= SMALL_FEED;
        (isSmall ? this.#small : this.#dirty).add(feed);
      }
    }
    this.#position = { ordinal: this.#position.ordinal, id: last };
    this.#flush(this.#small);
    if (this.#dirty.size > 0) this.#pacer.request();
    this.#wakeWaiting();
  }

  #wakeWaiting(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const client of waiting) {
      // A flush may have woken it before.
      if (client.slot < 0) continue;
      client.wake();
    }
  }

  #flush(feeds: Set<Feed>): void {
    for (const feed of feeds) feed.flush();
    feeds.clear();
  }

  #onBeat(): void {
    this.#beat++;
    for (const feed of this.#directory.feeds) {
      feed.beat(this.#beat - HEARTBEAT_BEATS);
    }
  }
}
