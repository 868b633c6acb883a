import type { EventId } from "../events/event_id.ts";
import { type Entry, KeyConflictError } from "./journal.ts";

/** A key's first publication. */
export interface FirstUse {
  readonly hash: string;
  /** The id that its message got; nothing where it is still to be appended. */
  id?: EventId;
}

/**
 * Checks the keys of a batch before any of it is appended.
 *
 * @param find Finds the first publication of a key, if it is known.
 * @returns The first publications of all keys of the batch, by name.
 * @throws {KeyConflictError} A key is known, or twice in the batch, with another hash.
 */
export function checkKeys(
  entries: readonly Entry[],
  find: (name: string) => FirstUse | undefined,
): Map<string, FirstUse> {
  const uses = new Map<string, FirstUse>();
  for (const entry of entries) {
    const key = "key" in entry ? entry.key : undefined;
    if (!key) continue;
    const { name, hash } = key;
    const use = uses.get(name) ?? find(name) ?? { hash };
    if (use.hash !== hash) throw new KeyConflictError(name);
    uses.set(name, use);
  }
  return uses;
}
