import type { Faults } from "./faults.ts";
import type { Feed } from "./audience.ts";
import { concat } from "../events/concat.ts";
import {
  drawRetryMs,
  encodeRetry,
  encodeStatus,
  type Frame,
  type Status,
} from "../events/frame.ts";
import { Progress, type Step, type Timeline } from "./reader.ts";
import type { Position } from "./ring.ts";
import type { Sent } from "./sent.ts";
import type { Start } from "./deliver_from.ts";

/** What a client needs of its hub. */
export interface ClientHub extends Timeline {
  readonly sent: Sent;
  readonly faults: Faults;
  /** Counts up with time, for telling idle streams. */
  readonly beat: number;
  /** Parks the client, and wakes it also when the timeline moves from the position, or has moved. */
  wait(client: Client, from: Position): void;
  leave(client: Client): void;
}

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
  readonly #progress: Progress;
  #controller!: ReadableStreamDefaultController<Frame>;
  /** What the stream was given to wait for when the client was parked, until more is to be asked for. */
  #rest: PromiseWithResolvers<void> | undefined;
  #hasBegun = false;
  #isOpen = true;

  constructor(hub: ClientHub, feed: Feed, start: Start) {
    this.feed = feed;
    this.writtenBeat = hub.beat;
    this.#hub = hub;
    this.#progress = new Progress(hub, feed, start);
  }

  start(controller: ReadableStreamDefaultController<Frame>): void {
    this.#controller = controller;
  }

  pull(): Promise<void> | void {
    if (!this.#isOpen) return;
    try {
      const going = this.#goOn();
      // Browsers open a stream at its first byte, however long the first event takes to come.
      if (!this.#hasBegun && this.#isOpen) this.#enqueue(this.#begin());
      return going
        ? going.then(() => this.#rest?.promise)
        : this.#rest?.promise;
    } catch (error) {
      this.fail(error);
    }
  }

  cancel(): void {
    this.#leave();
  }

  /** Goes on after having been parked, and stays so where that is all there is for now. */
  wake(): void {
    try {
      this.#goOn();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Writes frames: at once, so only to a client that is parked. */
  write(frames: Frame): void {
    try {
      this.writtenBeat = this.#hub.beat;
      this.#enqueue(this.#hasBegun ? frames : concat([this.#begin(), frames]));
      if (this.#rest && !this.#staysParked) this.#endRest();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Says why and ends the stream. */
  close(status: Status): void {
    if (!this.#isOpen) return;
    const frame = encodeStatus(status);
    this.#hub.sent.statuses[status.state]++;
    try {
      this.#enqueue(concat([encodeRetry(drawRetryMs()), frame]));
      // Who is gone already is found out by the writing.
      if (!this.#isOpen) return;
      this.#controller.close();
      this.#leave();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Cuts the stream. A failure costs this stream alone: whoever wakes many calls each in turn. */
  fail(error: unknown): void {
    if (!this.#isOpen) return;
    this.#hub.faults.note("a stream was cut", error);
    this.#controller.error(error);
    this.#leave();
  }

  async #await(step: Promise<Step | undefined>): Promise<void> {
    try {
      const taken = await step;
      if (!this.#isOpen) return;
      if (taken) this.#take(taken);
      else await this.#goOn();
    } catch (error) {
      this.fail(error);
    }
  }

  #goOn(): Promise<void> | void {
    const step = this.#progress.next();
    if (!(step instanceof Promise)) {
      this.#take(step);
      return;
    }
    this.feed.unpark(this);
    return this.#await(step);
  }

  #take(step: Step): void {
    if (step !== "park" && "bytes" in step) {
      const { sent } = this.#hub;
      sent.events += step.count;
      if (step.status) sent.statuses[step.status.state]++;
      this.write(step.bytes);
      return;
    }
    this.feed.unpark(this);
    this.#rest ??= Promise.withResolvers();
    if (step === "park") this.feed.park(this);
    else this.#hub.wait(this, step.waitFrom);
  }

  /** The bytes that the stream begins with. */
  #begin(): Frame {
    this.#hasBegun = true;
    return encodeRetry(drawRetryMs());
  }

  #enqueue(bytes: Frame): void {
    this.#hub.sent.bytes += bytes.length;
    this.#controller.enqueue(bytes);
  }

  /** Whether a parked client that was just written to has taken that, and all there is. */
  get #staysParked(): boolean {
    return this.slot >= 0 && this.#controller.desiredSize === 0 &&
      !this.#progress.hasMore;
  }

  /** Has the stream ask for more once its socket has taken what was written. */
  #endRest(): void {
    this.feed.unpark(this);
    this.#rest!.resolve();
    this.#rest = undefined;
  }

  #leave(): void {
    this.#isOpen = false;
    this.#hub.leave(this);
  }
}
