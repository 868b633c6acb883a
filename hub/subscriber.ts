import type { EventId } from "../events/event_id.ts";
import type { Frame, Status } from "../events/frame.ts";
import { log } from "../log/log.ts";
import type { Audience, AudienceMember } from "./audience.ts";
import type { Sent } from "./counts.ts";
import type { Faults } from "./faults.ts";
import type { Holder, Memory } from "./memory.ts";
import { Reader, type Step } from "./reader.ts";
import type { Position } from "./ring.ts";
import type { Sink, SinkWriter } from "./sink.ts";
import type { StatusFrames } from "./status_frames.ts";
import type { Write } from "./step.ts";
import { StreamEncoder } from "./stream_encoder.ts";
import type { SubscriberParts } from "./subscriber_parts.ts";
import type { Timeline } from "./timeline.ts";
import { Untaken } from "./untaken.ts";

/** From what size on bytes are asked after, in bytes: a sink that is ready may have handed them on, and hold them still. */
const LARGE_BYTES = 16 * 1024;

/** What a subscriber needs of its hub. */
export interface SubscriberHub {
  readonly timeline: Timeline;
  readonly sent: Sent;
  readonly faults: Faults;
  readonly memory: Memory;
  readonly statusFrames: StatusFrames;
  /** Rises by one every second, to tell idle streams from busy ones. */
  readonly beat: number;
  /** Parks the subscriber, and wakes it also when the timeline moves from the position, or has moved. */
  wait(subscriber: Subscriber, from: Position): void;
  leave(subscriber: Subscriber): void;
}

/**
 * One open stream: writes what its reader finds to its sink. It is either parked, to be woken by its audience, or waits
 * until its sink is ready, or until its reader has an answer.
 */
export class Subscriber implements AudienceMember, Holder, SinkWriter {
  readonly audience: Audience;
  slot = -1;
  writtenBeat: number;
  readonly heartbeatS: number;
  readonly #hub: SubscriberHub;
  readonly #reader: Reader;
  readonly #encoder: StreamEncoder;
  readonly #sink: Sink;
  readonly #untaken: Untaken;
  readonly #onLeave: (() => void) | undefined;
  #isOpen = true;

  constructor(
    hub: SubscriberHub,
    { audience, from, sink, options, onLeave }: SubscriberParts,
  ) {
    this.audience = audience;
    this.writtenBeat = hub.beat;
    this.heartbeatS = options.heartbeatS;
    this.#hub = hub;
    this.#reader = new Reader(hub.timeline, audience, from);
    this.#encoder = new StreamEncoder(hub.sent, hub.statusFrames, options);
    this.#sink = sink;
    this.#untaken = new Untaken(hub.memory, this);
    this.#onLeave = onLeave;
  }

  onReady(): void {
    if (!this.#isOpen) return;
    try {
      this.#untaken.clear();
      this.#goOn();
      // Browsers open a stream at its first byte, however late the first event comes.
      const first = this.#encoder.begin();
      if (first) this.#sink.write(first);
    } catch (error) {
      this.fail(error);
    }
  }

  onLeave(): void {
    this.#leave();
  }

  wake(): void {
    try {
      this.#goOn();
    } catch (error) {
      this.fail(error);
    }
  }

  write(bytes: Frame): void {
    try {
      this.#write({ bytes, count: 0 });
    } catch (error) {
      this.fail(error);
    }
  }

  refresh(newerHalf: EventId): void {
    try {
      const write = this.#reader.refresh(newerHalf);
      if (write) this.#write(write);
    } catch (error) {
      this.fail(error);
    }
  }

  close(status: Status): void {
    if (!this.#isOpen) return;
    try {
      this.#sink.end(this.#encoder.end(status));
      this.#leave();
    } catch (error) {
      this.fail(error);
    }
  }

  cut(): void {
    log.warn(
      "a stream was cut: --max-memory is used up, and its reader reads nothing",
    );
    this.#sink.abort(new Error("The stream is too slow"));
    this.#leave();
  }

  fail(error: unknown): void {
    if (!this.#isOpen) return;
    this.#hub.faults.note("a stream was cut", error);
    this.#sink.abort(error);
    this.#leave();
  }

  #goOn(): void {
    const step = this.#reader.next();
    if (step instanceof Promise) {
      this.audience.unpark(this);
      // Not awaited: it handles its own failure.
      this.#await(step);
    } else this.#take(step);
  }

  async #await(answer: Promise<Step | undefined>): Promise<void> {
    try {
      const step = await answer;
      if (!this.#isOpen) return;
      if (step) this.#take(step);
      else this.#goOn();
    } catch (error) {
      this.fail(error);
    }
  }

  #take(step: Step): void {
    if (step === "park") {
      if (this.slot < 0) this.audience.park(this);
    } else if ("waitFrom" in step) this.#hub.wait(this, step.waitFrom);
    else this.#write(step);
  }

  #write(step: Write): void {
    const bytes = this.#encoder.encode(step);
    // A stream without status events may leave out all of it.
    if (!bytes) return this.#goOn();
    this.writtenBeat = this.#hub.beat;
    this.#sink.write(bytes);
    // The write may have found out that the reader left.
    if (!this.#isOpen) return;
    const isLarge = bytes.length >= LARGE_BYTES;
    const isDone = !isLarge && this.#sink.isReady && !this.#reader.hasMore;
    // Most are parked already, and stay so.
    if (isDone) return this.slot < 0 ? this.#goOn() : undefined;
    this.audience.unpark(this);
    if (isLarge || !this.#sink.isReady) this.#untaken.set(bytes);
    this.#sink.whenReady();
  }

  #leave(): void {
    this.#isOpen = false;
    this.#untaken.clear();
    this.#hub.leave(this);
    this.#onLeave?.();
  }
}
