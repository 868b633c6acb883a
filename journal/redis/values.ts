import {
  type KeyedStore,
  STORE_KINDS,
  type StoreEntry,
  type StoreKind,
} from "../keyed_store.ts";
import type { RedisConnection } from "./connection.ts";
import type { RedisKeys } from "./keys.ts";

/** The values that are kept beside the timeline, in Redis. */
export class RedisValues implements KeyedStore {
  readonly #connection: RedisConnection;
  readonly #keys: RedisKeys;

  constructor(connection: RedisConnection, keys: RedisKeys) {
    this.#connection = connection;
    this.#keys = keys;
  }

  set(
    kind: StoreKind,
    { key, value }: StoreEntry,
    lifetimeMs: number,
  ): Promise<boolean> {
    const { maxCount } = STORE_KINDS[kind];
    const args = [kind, key, value, `${Math.ceil(lifetimeMs)}`, `${maxCount}`];
    return this.#connection.ask((client) =>
      client.setValue(this.#keysOf(kind), args)
    );
  }

  take(kind: StoreKind, key: string): Promise<string | undefined> {
    return this.#connection.ask((client) =>
      client.takeValue(this.#keysOf(kind), [kind, key])
    );
  }

  async list(kind: StoreKind): Promise<readonly StoreEntry[]> {
    const items = await this.#connection.ask((client) =>
      client.listValues(this.#keysOf(kind), [kind])
    );
    const entries: StoreEntry[] = [];
    for (let i = 0; i < items.length; i += 2) {
      entries.push({ key: items[i]!, value: items[i + 1]! });
    }
    return entries;
  }

  #keysOf(kind: StoreKind): string[] {
    return [this.#keys.state, this.#keys.values, this.#keys.ends(kind)];
  }
}
