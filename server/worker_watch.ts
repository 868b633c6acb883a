/** How often workers are pinged, in ms. */
const PING_MS = 1_000;
/** How many pings in a row may stay without an answer. */
const MAX_SILENT_PINGS = 10;

/** What a {@linkcode WorkerWatch} does with its workers. */
export interface WorkerWatchOptions<T> {
  /** Asks the worker for an answer, which {@linkcode WorkerWatch.heard} is told of. */
  ping(worker: T): void;
  /** Called once with a worker that has been silent for 10 s; it is watched no longer. */
  onFrozen(worker: T): void;
}

/**
 * Finds workers whose thread is frozen. It counts pings, not time: while this thread itself stands still, it sends none,
 * and what it has lost is held against nobody.
 */
export class WorkerWatch<T> implements Disposable {
  readonly #options: WorkerWatchOptions<T>;
  /** How many pings each has not answered. */
  readonly #silent = new Map<T, number>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: WorkerWatchOptions<T>) {
    this.#options = options;
  }

  /** Watches the worker from now on. */
  add(worker: T): void {
    this.#silent.set(worker, 0);
    this.#timer ??= setInterval(() => this.#ping(), PING_MS);
  }

  /** Takes note of an answer. One from a worker that is not watched counts for nothing. */
  heard(worker: T): void {
    if (this.#silent.has(worker)) this.#silent.set(worker, 0);
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

  #ping(): void {
    for (const [worker, count] of [...this.#silent]) {
      if (count === MAX_SILENT_PINGS) {
        this.remove(worker);
        this.#options.onFrozen(worker);
      } else {
        this.#silent.set(worker, count + 1);
        this.#options.ping(worker);
      }
    }
  }
}
