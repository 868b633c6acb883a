import { setImmediate } from "node:timers";

/** Gathers what one turn of the event loop brings, as each message between threads costs both of them. */
export class Outbox<T> {
  readonly #send: (items: readonly T[]) => void;
  #items: T[] = [];

  /** @param send Takes all of a turn, once it is over. */
  constructor(send: (items: readonly T[]) => void) {
    this.#send = send;
  }

  push(item: T): void {
    if (this.#items.push(item) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const items = this.#items;
    this.#items = [];
    this.#send(items);
  }
}
