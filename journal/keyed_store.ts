/** The kinds of values that are kept beside the timeline, each with its bound. */
export const STORE_KINDS = {
  /** One-time credentials of streams. */
  ticket: { maxCount: 10_000 },
  /** From when on a subject's credentials count again. */
  revocation: { maxCount: 100_000 },
} as const;

/**
 * How many keys of publications are kept at most, and for how long at least, in ms, unless there are more: the oldest go
 * first.
 */
export const MAX_KEYS = 100_000;
export const KEY_LIFETIME_MS = 10 * 60_000;

/** A kind of value. */
export type StoreKind = keyof typeof STORE_KINDS;

/** A value and its key. */
export interface StoreEntry {
  key: string;
  value: string;
}

/** A small store beside the timeline, as safe as the journal. Values end after their lifetime. */
export interface KeyedStore {
  /**
   * Keeps a value, also in the place of an older one with the same key.
   *
   * @param lifetimeMs For how long, in ms.
   * @returns Whether there was room.
   * @throws {UnavailableError} The journal cannot be reached for now.
   */
  set(
    kind: StoreKind,
    entry: StoreEntry,
    lifetimeMs: number,
  ): Promise<boolean>;

  /**
   * Removes a value and returns it: of all that ask for it, in all threads and instances, one gets it.
   *
   * @throws {UnavailableError} The journal cannot be reached for now.
   */
  take(kind: StoreKind, key: string): Promise<string | undefined>;

  /**
   * Lists all values of a kind.
   *
   * @throws {UnavailableError} The journal cannot be reached for now.
   */
  list(kind: StoreKind): Promise<readonly StoreEntry[]>;
}
