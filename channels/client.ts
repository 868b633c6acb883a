import { concat } from "./concat.ts";
import { compareEventIds, type EventId } from "./event_id.ts";
import type { Chunk, Cursor, Feed } from "./feed.ts";
import {
  drawRetryMs,
  encodeStatus,
  type Frame,
  type Status,
  withChannel,
  withRetry,
} from "./frame.ts";
import { type History, UnavailableError } from "./history.ts";
import type { ChannelEvent } from "./message.ts";
import type { Position } from "./ring.ts";
import type { Start } from "./start.ts";

/** What a client needs of its hub. */
export interface ClientHub {
  readonly position: Position;
  readonly history: History;
  /** Counts the timelines: it goes up where one ends and another begins. */
  readonly epoch: number;
  /** Counts up with time, for telling idle streams. */
  readonly beat: number;
  encode(event: ChannelEvent): Promise<Frame>;
  /** Parks the client, and wakes it also when the timeline goes on without it. */
  wait(client: Client): void;
  leave(client: Client): void;
}

/** How many events one reading of the history brings. */
const BATCH = 500;

/**
 * One open stream: the source of a `ReadableStream` with a high-water mark of 0, so that it is asked for more only when
 * its socket has taken what it was given before.
 */
export class Client implements UnderlyingDefaultSource<Frame> {
  readonly feed: Feed;
  /** The index among the feed's parked clients, -1 while not parked. The feed's to set. */
  slot = -1;
  /** The hub's beat at the last write. */
  writtenBeat: number;
  readonly #hub: ClientHub;
  readonly #start: Start;
  #controller!: ReadableStreamDefaultController<Frame>;
  /** Where the client stands among what is held, once known. */
  #cursor: Cursor | undefined;
  /** Where it stood when it fell out of a ring, until what it missed is found. */
  #lost: Cursor | undefined;
  /** The id that it stands at while no cursor is known. Without either, the stream is fresh. */
  #after: EventId | "floor" | undefined;
  /** Whether a status is still owed for having resumed. */
  #resuming: boolean;
  #epoch: number;
  #floorAfterReset: boolean;
  #replayed = 0;
  #isFirst = true;
  #isOpen = true;

  constructor(hub: ClientHub, feed: Feed, start: Start) {
    this.feed = feed;
    this.writtenBeat = hub.beat;
    this.#hub = hub;
    this.#start = start;
    this.#epoch = hub.epoch;
    this.#resuming = start.resumes;
    this.#floorAfterReset = start.floorAfterReset ?? false;
    this.#after = start.resume;
    if (!start.resumes && !start.latest) this.#cursor = feed.end(hub.position);
  }

  start(controller: ReadableStreamDefaultController<Frame>): void {
    this.#controller = controller;
  }

  pull(): Promise<void> | void {
    if (!this.#isOpen) return;
    return this.#next()?.catch((error) => this.#fail(error));
  }

  cancel(): void {
    this.#leave();
  }

  /** Goes on after having been parked. */
  wake(): void {
    this.pull();
  }

  /** Writes frames that are not events of the feed. */
  write(frame: Frame): void {
    this.#send(frame, frame.length);
  }

  /** Says why and ends the stream. */
  close(status: Status): void {
    if (!this.#isOpen) return;
    const frame = encodeStatus(status);
    this.#controller.enqueue(withRetry(frame, frame.length, drawRetryMs()));
    // Who is gone already is found out by the writing.
    if (!this.#isOpen) return;
    this.#controller.close();
    this.#leave();
  }

  #leave(): void {
    this.#isOpen = false;
    this.#hub.leave(this);
  }

  #fail(error: unknown): void {
    if (!this.#isOpen) return;
    console.error("A stream was cut:", error);
    this.#controller.error(error);
    this.#leave();
  }

  #send(frames: Frame, firstLength: number): void {
    this.writtenBeat = this.#hub.beat;
    this.#controller.enqueue(
      this.#isFirst ? withRetry(frames, firstLength, drawRetryMs()) : frames,
    );
    this.#isFirst = false;
  }

  #next(): Promise<void> | void {
    if (this.#epoch !== this.#hub.epoch) return this.#reset(this.feed.oldest());
    return this.#cursor ? this.#advance(this.#cursor) : this.#find();
  }

  #advance(cursor: Cursor): Promise<void> | void {
    if (this.feed.isBehind(cursor)) {
      if (!this.#resuming) this.#replayed = 0;
      this.#lost = cursor;
      this.#after = cursor.id;
      this.#cursor = undefined;
      return this.#find();
    }
    const chunk = this.feed.take(cursor);
    if (this.#resuming) this.#resume(chunk);
    else if (chunk) this.#send(chunk.bytes, chunk.firstLength);
    else this.feed.park(this);
    if (chunk) this.#cursor = chunk.next;
  }

  /** Replays from the rings, and says so once there is nothing more to replay. */
  #resume(chunk: Chunk | undefined): void {
    const frames: Frame[] = [];
    if (chunk) {
      frames.push(chunk.bytes);
      this.#replayed += chunk.count;
    }
    if (!chunk || !this.feed.take(chunk.next)) {
      this.#resuming = false;
      frames.push(encodeStatus({ state: "resumed", replayed: this.#replayed }));
    }
    this.#send(concat(frames), chunk?.firstLength ?? frames[0]!.length);
  }

  /** Finds the client's cursor, with the history's help; waits where that is out of reach. */
  async #find(): Promise<void> {
    try {
      if (this.#after === "floor") {
        this.#after = await this.#hub.history.floor();
      }
      if (!this.#isOpen) return;
      if (this.#after) await this.#replay(this.#after);
      else if (this.#resuming) this.#reset();
      else await this.#begin();
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      if (this.#isOpen) this.#hub.wait(this);
    }
  }

  /** Goes on behind the id: in the rings where they reach back that far, else with events from the history. */
  async #replay(after: EventId): Promise<void> {
    const { feed } = this;
    const { position, history } = this.#hub;
    const isAhead = compareEventIds(after, position.id) > 0;
    const cursor = isAhead ? undefined : feed.seek(after);
    if (cursor) {
      this.#cursor = cursor;
      this.#lost = undefined;
      return this.#advance(cursor);
    }
    const events = await history.read(
      feed.channels,
      after,
      position.id,
      BATCH,
    );
    if (!this.#isOpen) return;
    if (this.#epoch !== this.#hub.epoch) return this.#next();
    if (!events) return this.#giveUp();
    if (isAhead) {
      if (this.#resuming) return this.#resume(undefined);
      const isStill = compareEventIds(after, this.#hub.position.id) > 0;
      return isStill ? this.#hub.wait(this) : await this.#replay(after);
    }
    this.#after = events.length < BATCH ? position.id : events.at(-1)!.id;
    if (events.length === 0) return await this.#replay(this.#after);
    await this.#sendEvents(events);
  }

  /** Begins a fresh stream with the newest events, and goes on with what comes. */
  async #begin(): Promise<void> {
    const { position, history } = this.#hub;
    const cursor = this.feed.end(position);
    const events = this.#start.latest
      ? await history.latest(this.feed.channels, position.id)
      : [];
    if (!this.#isOpen) return;
    this.#cursor = cursor;
    if (events.length === 0) return this.#next();
    await this.#sendEvents(events);
  }

  async #sendEvents(events: readonly ChannelEvent[]): Promise<void> {
    const { feed } = this;
    const frames = await Promise.all(events.map(async (event) => {
      const frame = await this.#hub.encode(event);
      return feed.named ? withChannel(frame, event.channel) : frame;
    }));
    if (!this.#isOpen) return;
    this.#replayed += frames.length;
    this.#send(concat(frames), frames[0]!.length);
  }

  /** What the client missed cannot be had: says so, and goes on. */
  #giveUp(): void {
    const lost = this.#lost;
    if (this.#resuming || !lost) return this.#reset();
    this.#lost = undefined;
    this.#cursor = this.feed.oldest();
    const missed = this.#cursor.total - lost.total - this.#replayed;
    this.write(encodeStatus({ state: "lagged", missed }));
  }

  /**
   * What the client missed cannot even be known: says so, and goes on as a fresh stream does.
   *
   * @param cursor Where to go on without a newest event.
   */
  #reset(cursor: Cursor = this.feed.end(this.#hub.position)): void {
    this.#epoch = this.#hub.epoch;
    this.#resuming = false;
    this.#lost = undefined;
    this.#after = this.#floorAfterReset ? "floor" : undefined;
    this.#floorAfterReset = false;
    this.#cursor = this.#after || this.#start.latest ? undefined : cursor;
    this.write(encodeStatus({ state: "reset" }));
  }
}
