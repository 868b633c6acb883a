import { Deque } from "../deque.ts";
import type { TailBatch } from "../journal.ts";
import { TailQueue } from "../tail_queue.ts";

/** Enough that a reader never runs out of work, while the rest waits where it is bounded. */
const WINDOW_BYTES = 256 * 1024;

/** Counts bytes that are held. What is removed was added in one piece. */
export interface HeldCount {
  add(bytes: number): void;
  remove(bytes: number): void;
}

/** Options for {@linkcode HostReader}. */
export interface HostReaderOptions {
  /** How much may wait, in bytes. */
  maxWaitingBytes?: number | undefined;
  /** How much may be on its way, in bytes, unless a single batch is larger. */
  windowBytes?: number | undefined;
  held?: HeldCount | undefined;
  /** Called when the reader is stopped. */
  onStop(): void;
}

/** Brings a tail to a reader in another thread, as fast as that one takes it in. */
export class HostReader {
  readonly #queue: TailQueue;
  readonly #windowBytes: number;
  readonly #held: HeldCount | undefined;
  readonly #onStop: () => void;
  /** The sizes of the batches that are on their way. */
  readonly #sent = new Deque<number>();
  #sentBytes = 0;
  #countedBytes = 0;
  #hasRoom = Promise.withResolvers<void>();

  constructor(
    read: (batch: TailBatch) => void,
    options: HostReaderOptions,
  ) {
    const { maxWaitingBytes: maxBytes, held, onStop } = options;
    this.#queue = new TailQueue({ maxBytes });
    this.#windowBytes = options.windowBytes ?? WINDOW_BYTES;
    this.#held = held;
    this.#onStop = onStop;
    // Left floating on purpose: it ends when the reader is stopped, and what fails in sending ends the thread.
    this.#send(read);
  }

  push(batch: TailBatch): void {
    this.#queue.push(batch);
    this.#count();
  }

  /** Notes that the reader has taken in so many batches. */
  acknowledge(count: number): void {
    for (let i = 0; i < count; i++) this.#sentBytes -= this.#sent.shift() ?? 0;
    this.#count();
    this.#hasRoom.resolve();
  }

  /** Sends nothing more. */
  stop(): void {
    this.#queue.close();
    this.#hasRoom.resolve();
    this.#held?.remove(this.#countedBytes);
    this.#countedBytes = 0;
    this.#onStop();
  }

  async #send(read: (batch: TailBatch) => void): Promise<void> {
    for await (const { batch, bytes } of this.#queue.sized()) {
      this.#sent.push(bytes);
      this.#sentBytes += bytes;
      read(batch);
      while (this.#sentBytes > this.#windowBytes && this.#queue.isOpen) {
        this.#hasRoom = Promise.withResolvers();
        await this.#hasRoom.promise;
      }
    }
  }

  /** Counts what is held for the reader now. */
  #count(): void {
    if (!this.#queue.isOpen) return;
    const bytes = this.#queue.bytes + this.#sentBytes;
    this.#held?.remove(this.#countedBytes);
    this.#held?.add(bytes);
    this.#countedBytes = bytes;
  }
}
