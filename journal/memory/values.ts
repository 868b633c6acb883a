import {
  type KeyedStore,
  STORE_KINDS,
  type StoreEntry,
  type StoreKind,
} from "../keyed_store.ts";

interface Value {
  readonly value: string;
  /** Of `performance.now()`: setting the system's clock must not lengthen a life. */
  readonly endMs: number;
}

/** The values that are kept beside the timeline, in memory. */
export class MemoryValues implements KeyedStore {
  readonly #kinds = new Map<StoreKind, Map<string, Value>>();

  set(
    kind: StoreKind,
    { key, value }: StoreEntry,
    lifetimeMs: number,
  ): Promise<boolean> {
    const values = this.#valuesOf(kind);
    const { maxCount } = STORE_KINDS[kind];
    if (values.size >= maxCount && !values.has(key)) removeEnded(values);
    const hasRoom = values.size < maxCount || values.has(key);
    const endMs = performance.now() + lifetimeMs;
    if (hasRoom) values.set(key, { value, endMs });
    return Promise.resolve(hasRoom);
  }

  take(kind: StoreKind, key: string): Promise<string | undefined> {
    const values = this.#valuesOf(kind);
    const found = values.get(key);
    values.delete(key);
    return Promise.resolve(found && isAlive(found) ? found.value : undefined);
  }

  list(kind: StoreKind): Promise<readonly StoreEntry[]> {
    const values = this.#valuesOf(kind);
    removeEnded(values);
    return Promise.resolve(
      [...values].map(([key, { value }]) => ({ key, value })),
    );
  }

  #valuesOf(kind: StoreKind): Map<string, Value> {
    let values = this.#kinds.get(kind);
    if (!values) this.#kinds.set(kind, values = new Map());
    return values;
  }
}

function isAlive({ endMs }: Value): boolean {
  return performance.now() < endMs;
}

function removeEnded(values: Map<string, Value>): void {
  for (const [key, value] of values) {
    if (!isAlive(value)) values.delete(key);
  }
}
