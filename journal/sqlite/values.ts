import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  STORE_KINDS,
  type StoreEntry,
  type StoreKind,
} from "../keyed_store.ts";

interface Value {
  readonly value: string;
  /** Of `performance.now()`: setting the system's clock must not lengthen a life. */
  readonly endMs: number;
}

/**
 * The values that are kept beside the timeline. All are in memory as well, with their ends by the monotonic clock. Changes
 * belong to a transaction: if that is rolled back, {@linkcode SqliteValues.undo} takes them back here.
 */
export class SqliteValues {
  readonly #kinds = new Map<string, Map<string, Value>>();
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  #undo: (() => void)[] = [];

  constructor(database: DatabaseSync) {
    this.#put = database.prepare(
      "INSERT OR REPLACE INTO value VALUES (?, ?, ?, ?)",
    );
    this.#delete = database.prepare(
      "DELETE FROM value WHERE kind = ? AND key = ?",
    );
    const rows = database.prepare("SELECT * FROM value").all();
    for (const { kind, key, value, ends_ms: endsMs } of rows) {
      this.#valuesOf(`${kind}`).set(JSON.parse(`${key}`), {
        value: JSON.parse(`${value}`),
        endMs: performance.now() + (endsMs as number) - Date.now(),
      });
    }
  }

  /**
   * Keeps a value.
   *
   * @returns Whether there was room.
   */
  set(kind: StoreKind, entry: StoreEntry, lifetimeMs: number): boolean {
    const { key, value } = entry;
    const values = this.#valuesOf(kind);
    const { maxCount } = STORE_KINDS[kind];
    if (values.size >= maxCount && !values.has(key)) this.#removeEnded(kind);
    if (values.size >= maxCount && !values.has(key)) return false;
    this.#put.run(
      kind,
      JSON.stringify(key),
      JSON.stringify(value),
      Math.ceil(Date.now() + lifetimeMs),
    );
    this.#change(kind, key, { value, endMs: performance.now() + lifetimeMs });
    return true;
  }

  /** Removes a value and returns it. */
  take(kind: StoreKind, key: string): string | undefined {
    const found = this.#valuesOf(kind).get(key);
    if (!found) return undefined;
    this.#remove(kind, key);
    return isAlive(found) ? found.value : undefined;
  }

  /** Whether there is such a value, alive or not. */
  has(kind: StoreKind, key: string): boolean {
    return this.#valuesOf(kind).has(key);
  }

  /** All values of a kind that have not ended. */
  list(kind: StoreKind): StoreEntry[] {
    return [...this.#valuesOf(kind)].flatMap(([key, value]) =>
      isAlive(value) ? [{ key, value: value.value }] : []
    );
  }

  /** Keeps the changes: they were committed. */
  keep(): void {
    this.#undo = [];
  }

  /** Takes back the changes since the last transaction. */
  undo(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
  }

  #removeEnded(kind: StoreKind): void {
    for (const [key, value] of this.#valuesOf(kind)) {
      if (!isAlive(value)) this.#remove(kind, key);
    }
  }

  #remove(kind: StoreKind, key: string): void {
    this.#delete.run(kind, JSON.stringify(key));
    this.#change(kind, key, undefined);
  }

  #change(kind: StoreKind, key: string, value: Value | undefined): void {
    const values = this.#valuesOf(kind);
    const before = values.get(key);
    this.#undo.push(() => put(values, key, before));
    put(values, key, value);
  }

  #valuesOf(kind: string): Map<string, Value> {
    let values = this.#kinds.get(kind);
    if (!values) this.#kinds.set(kind, values = new Map());
    return values;
  }
}

function put<T>(values: Map<string, T>, key: string, value: T | undefined) {
  if (value === undefined) values.delete(key);
  else values.set(key, value);
}

function isAlive({ endMs }: Value): boolean {
  return performance.now() < endMs;
}
