import { type Entry, KeyConflictError } from "./journal.ts";

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
  for (const entry of entries) {
    const key = "key" in entry ? entry.key : undefined;
    if (!key) continue;
    const { name, hash } = key;
    const known = hashes.get(name) ?? hashOf(name);
    if (known !== undefined && known !== hash) {
      throw new KeyConflictError(name);
    }
    hashes.set(name, hash);
  }
}
