import type { World } from "./world.ts";

/** One direction between two threads: what is sent arrives later, in the order in which it was sent. */
export class Port {
  readonly #world: World;
  #lastMs = 0;
  readonly #closed = Promise.withResolvers<void>();
  #isClosed = false;

  constructor(world: World) {
    this.#world = world;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when nothing arrives any more. */
  get whenClosed(): Promise<void> {
    return this.#closed.promise;
  }

  send(deliver: () => void): void {
    const { elapsedMs, random } = this.#world;
    this.#lastMs = Math.max(this.#lastMs, elapsedMs + random.next() * 5);
    this.#world.delay(this.#lastMs - elapsedMs).then(() => {
      if (!this.#isClosed) deliver();
    });
  }

  /** Holds everything up for a while, as a thread that is busy does. */
  stall(ms: number): void {
    this.#lastMs = Math.max(this.#lastMs, this.#world.elapsedMs + ms);
  }

  /** Nothing arrives any more. */
  close(): void {
    this.#isClosed = true;
    this.#closed.resolve();
  }
}
