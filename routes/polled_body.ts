import type { Frame } from "../events/frame.ts";
import type { Faults } from "../hub/faults.ts";
import type { Holder, Memory } from "../hub/memory.ts";
import { Untaken } from "../hub/untaken.ts";
import { log } from "../log/log.ts";

/** Dependencies of {@linkcode PolledBody}. */
export interface PolledBodyOptions {
  /** The first chunk. */
  readonly first: Frame;
  /** Brings the others, and returns the last one. */
  readonly chunks: AsyncGenerator<Frame, Frame>;
  /** Counts what the client has not taken. */
  readonly memory: Memory;
  readonly faults: Faults;
}

/** A body in chunks, each of which is read when the client has taken the one before. */
export class PolledBody implements UnderlyingDefaultSource<Frame>, Holder {
  readonly stream: ReadableStream<Frame>;
  readonly #chunks: AsyncGenerator<Frame, Frame>;
  readonly #untaken: Untaken;
  readonly #faults: Faults;
  #first: Frame | undefined;
  #controller!: ReadableStreamDefaultController<Frame>;

  constructor({ first, chunks, memory, faults }: PolledBodyOptions) {
    this.#first = first;
    this.#chunks = chunks;
    this.#faults = faults;
    this.#untaken = new Untaken(memory, this);
    this.stream = new ReadableStream(this, { highWaterMark: 0 });
  }

  start(controller: ReadableStreamDefaultController<Frame>): void {
    this.#controller = controller;
  }

  async pull(): Promise<void> {
    this.#untaken.clear();
    const first = this.#first;
    this.#first = undefined;
    const { done, value } = first
      ? { done: false, value: first }
      : await this.#next();
    this.#controller.enqueue(value);
    if (done) this.#controller.close();
    else this.#untaken.set(value);
  }

  cancel(): void {
    this.#untaken.clear();
  }

  cut(): void {
    log.warn(
      "a poll was cut: --max-memory is used up, and its client reads nothing",
    );
    this.#untaken.clear();
    this.#controller.error(new Error("The client is too slow"));
  }

  async #next(): Promise<IteratorResult<Frame, Frame>> {
    try {
      return await this.#chunks.next();
    } catch (error) {
      this.#faults.note("a poll was cut", error);
      throw error;
    }
  }
}
