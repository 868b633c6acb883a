/** How often connections are looked at, in ms. */
const LOOK_MS = 1_000;

/** A connection that may have to be cut. */
export interface WatchedConnection {
  /** Called once a second. Returns whether it is still open. */
  look(): boolean;
}

/**
 * Looks at every connection once a second. One timer for all costs less than one for each. Connections count the looks,
 * not the time: while the thread itself stands still, no client is blamed for that.
 */
export class ConnectionWatch implements Disposable {
  readonly #connections = new Set<WatchedConnection>();
  #timer: ReturnType<typeof setInterval> | undefined;

  /** Watches a connection until it is closed. */
  add(connection: WatchedConnection): void {
    this.#connections.add(connection);
    this.#timer ??= setInterval(() => this.#lookAtAll(), LOOK_MS);
  }

  [Symbol.dispose](): void {
    this.#connections.clear();
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #lookAtAll(): void {
    for (const connection of this.#connections) {
      if (!connection.look()) this.#connections.delete(connection);
    }
    if (this.#connections.size === 0) this[Symbol.dispose]();
  }
}
