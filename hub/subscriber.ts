import { concat } from "@std/bytes/concat";
import {
  drawRetryMs,
  encodeRetry,
  encodeStatus,
  type Frame,
  type Status,
} from "../events/frame.ts";
import { log } from "../log/log.ts";
import type { Audience, AudienceMember } from "./audience.ts";
import type { Sent } from "./counts.ts";
import type { DeliverFrom } from "./deliver_from.ts";
import type { Faults } from "./faults.ts";
import type { Holder, Memory } from "./memory.ts";
import { Reader, type Step } from "./reader.ts";
import type { Position } from "./ring.ts";
import type { Sink, SinkWriter } from "./sink.ts";
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
  readonly #hub: SubscriberHub;
  readonly #reader: Reader;
  readonly #sink: Sink;
  readonly #untaken: Untaken;
  readonly #onLeave: (() => void) | undefined;
  #hasBegun = false;
  #isOpen = true;

  constructor(
    hub: SubscriberHub,
    audience: Audience,
    from: DeliverFrom,
    sink: Sink,
    onLeave?: () => void,
  ) {
    this.audience = audience;
    this.writtenBeat = hub.beat;
    this.#hub = hub;
    this.#reader = new Reader(hub.timeline, audience, from);
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
      if (!this.#hasBegun) this.#send(this.#begin());
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
      this.#write(bytes);
    } catch (error) {
      this.fail(error);
    }
  }

  close(status: Status): void {
    if (!this.#isOpen) return;
    try {
      const last = concat([encodeRetry(drawRetryMs()), encodeStatus(status)]);
      this.#count(last);
      this.#hub.sent.statuses[status.state]++;
      this.#sink.end(last);
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
    } else if ("bytes" in step) {
      const { sent } = this.#hub;
      sent.events += step.count;
      if (step.status) sent.statuses[step.status.state]++;
      this.#write(step.bytes);
    } else this.#hub.wait(this, step.waitFrom);
  }

  #write(bytes: Frame): void {
    this.writtenBeat = this.#hub.beat;
    const all = this.#hasBegun ? bytes : concat([this.#begin(), bytes]);
    this.#send(all);
    // The write may have found out that the reader left.
    if (!this.#isOpen) return;
    const isLarge = all.length >= LARGE_BYTES;
    const staysParked = this.slot >= 0 && !isLarge && this.#sink.isReady &&
      !this.#reader.hasMore;
    if (staysParked) return;
    this.audience.unpark(this);
    if (isLarge || !this.#sink.isReady) this.#untaken.set(all);
    this.#sink.whenReady();
  }

  /** The bytes that the stream begins with. */
  #begin(): Frame {
    this.#hasBegun = true;
    return encodeRetry(drawRetryMs());
  }

  #send(bytes: Frame): void {
    this.#count(bytes);
    this.#sink.write(bytes);
  }

  #count({ length }: Frame): void {
    this.#hub.sent.bytes += length;
  }

  #leave(): void {
    this.#isOpen = false;
    this.#untaken.clear();
    this.#hub.leave(this);
    this.#onLeave?.();
  }
}
