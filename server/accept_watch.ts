/** How long nothing may be accepted before a listener counts as deaf, in s. */
const DEAF_S = 5;
/** Above this part of the room, descriptors may have run out. */
const FULL = 0.5;

/** Options for {@linkcode AcceptWatch}. */
export interface AcceptWatchOptions {
  /** How many connections there is room for. */
  maxConnections: number;
  /** Whether the process can open another file now. */
  hasDescriptors(): boolean;
  /** Called when the listener should listen again. */
  onDeaf(): void;
}

/**
 * Finds out that a listener of `node:http` accepts nothing any more. Where the process runs out of file descriptors, it
 * stops accepting for ever and reports nothing. So after many connections were open at once, a listener that has
 * accepted nothing for 5 s is taken for deaf, as soon as descriptors are free.
 */
export class AcceptWatch implements Disposable {
  readonly #options: AcceptWatchOptions;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** How long nothing has been accepted, in s. */
  #silent = 0;

  constructor(options: AcceptWatchOptions) {
    this.#options = options;
  }

  /**
   * Notes that a connection was accepted.
   *
   * @param connections How many are open now.
   */
  noteAccepted(connections: number): void {
    this.#silent = 0;
    if (connections < FULL * this.#options.maxConnections) return;
    this.#timer ??= setInterval(() => this.#look(), 1_000);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    if (++this.#silent < DEAF_S || !this.#options.hasDescriptors()) return;
    this[Symbol.dispose]();
    this.#options.onDeaf();
  }
}
