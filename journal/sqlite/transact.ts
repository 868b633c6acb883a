import type { DatabaseSync } from "node:sqlite";

/**
 * Makes changes, all or none.
 *
 * @param change Makes the changes, and returns what to do once they are committed.
 * @throws {unknown} What `change` throws, or why they cannot be committed. There is no change then.
 */
export function transact(
  database: DatabaseSync,
  change: () => (() => void) | void,
): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    const onCommitted = change();
    database.exec("COMMIT");
    onCommitted?.();
  } catch (error) {
    // After some failures SQLite has rolled back already.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
