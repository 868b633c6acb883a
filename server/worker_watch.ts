/** How often workers are pinged, in ms. */
const PING_MS = 1_000;
/** How many pings in a row may stay without an answer. */
const MAX_SILENT_PINGS = 10;

/** Dependencies of a {@linkcode WorkerWatch}. */
export interface WorkerWatchOptions<T> {
  /** Resolves when the worker answers. */
  ping(worker: T): Promise<void>;
  /** Called once with a worker that has been silent for 10 s. It is no longer watched. */
  onFrozen(worker: T): void;
}

/**
 * Finds workers whose thread is frozen. It counts pings, not time: while the main thread itself stands still, it sends
 * none, so no worker is blamed for that time.
 */
export class WorkerWatch<T> implements Disposable {
  readonly #options: WorkerWatchOptions<T>;
  /** How many pings each worker has left unanswered. */
  readonly #silent = new Map<T, number>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: WorkerWatchOptions<T>) {
    this.#options = options;
  }

  /** Watches the worker from now on. */
  add(worker: T): void {
    this.#silent.set(worker, 0);
    this.#timer ??= setInterval(() => this.#pingAll(), PING_MS);
  }

  /** Watches the worker no longer. */
  remove(worker: T): void {
    this.#silent.delete(worker);
    if (this.#silent.size === 0) this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#silent.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #pingAll(): void {
    for (const [worker, count] of [...this.#silent]) {
      if (count === MAX_SILENT_PINGS) {
        this.remove(worker);
        this.#options.onFrozen(worker);
      } else {
        this.#silent.set(worker, count + 1);
        this.#ping(worker);
      }
    }
  }

  async #ping(worker: T): Promise<void> {
    await this.#options.ping(worker);
    // The answer may come after the worker was removed.
    if (this.#silent.has(worker)) this.#silent.set(worker, 0);
  }
}
