import { type Entry, KeyConflictError, type Keyed } from "./journal.ts";

/**
 * Checks the keys of a batch before any of it is appended.
 *
 * @param hashOf The hash with which a key is known, if it is.
 * @throws {KeyConflictError} A key is known, or twice in the batch, with another hash.
 */
export function checkKeys(
  entries: readonly Entry[],
  hashOf: (name: string) => string | undefined,
): void {
  const hashes = new Map<string, string>();
  for (const { name, hash } of entries.flatMap(keyOf)) {
    const known = hashes.get(name) ?? hashOf(name);
    if (known !== undefined && known !== hash) {
      throw new KeyConflictError(name);
    }
    hashes.set(name, hash);
  }
}

function keyOf(entry: Entry): Keyed[] {
  return "key" in entry && entry.key ? [entry.key] : [];
}
