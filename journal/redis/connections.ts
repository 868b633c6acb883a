import type { RedisAddress } from "./address.ts";
import { type Ask, RedisConnection } from "./connection.ts";
import type { RedisError } from "./error.ts";
import type { RedisLife } from "./life.ts";
import { RedisReport } from "./report.ts";

/** The connections of one journal: one that all share, and one for each tail. */
export class RedisConnections implements AsyncDisposable {
  readonly #address: RedisAddress;
  readonly #life: RedisLife;
  readonly #begin: (ask: Ask) => Promise<unknown>;
  readonly #report = new RedisReport();
  readonly #open = new Set<RedisConnection>();

  /** @param begin Called with each new connection, which is ready once this has resolved. */
  constructor(
    address: RedisAddress,
    life: RedisLife,
    begin: (ask: Ask) => Promise<unknown>,
  ) {
    this.#address = address;
    this.#life = life;
    this.#begin = begin;
  }

  /** Whether commands can be sent on all. */
  get isReady(): boolean {
    return [...this.#open].every(({ isReady }) => isReady);
  }

  /** Begins to make a connection, and makes it anew whenever it is lost. */
  open(): RedisConnection {
    const name = Symbol();
    let wasReady = false;
    const connection = new RedisConnection(
      this.#address,
      this.#begin,
      (failure) => {
        this.#report.note(name, failure);
        if (failure && wasReady) this.#endOthers(connection, failure);
        wasReady = !failure;
      },
    );
    this.#open.add(connection);
    return connection;
  }

  /** Leaves a connection to who disposes of it. */
  forget(connection: RedisConnection): void {
    this.#open.delete(connection);
  }

  /** Ends all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(
      [...this.#open].map((connection) => connection[Symbol.asyncDispose]()),
    );
  }

  /** Where nothing else shows that Redis may have another life, the loss of one connection is taken for one. */
  #endOthers(lost: RedisConnection, failure: RedisError): void {
    if (!this.#life.isByConnection) return;
    for (const connection of this.#open) {
      if (connection !== lost && connection.isReady) connection.drop(failure);
    }
  }
}
