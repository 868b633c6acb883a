import { setImmediate } from "node:timers";

/** Sends the items of one turn of the event loop together: each message between threads costs both of them. */
export class Outbox<T> {
  readonly #send: (items: readonly T[]) => void;
  #items: T[] = [];

  /** @param send Takes the items of one turn, in order, when the turn is over. */
  constructor(send: (items: readonly T[]) => void) {
    this.#send = send;
  }

  /** Adds an item to those of this turn. */
  push(item: T): void {
    if (this.#items.push(item) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const items = this.#items;
    this.#items = [];
    this.#send(items);
  }
}
