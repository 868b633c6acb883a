import type { SqliteHealth } from "./health.ts";
import { translateErrors } from "./translate_errors.ts";
import type { SqliteWriter } from "./writer.ts";

/** Dependencies of {@linkcode attempt}. */
export interface AttemptOptions {
  /** Removes what is too old. */
  readonly writer: SqliteWriter;
  /** Takes note of what cannot be read. */
  readonly health: SqliteHealth;
  /** Aborted when the journal is closed. Readings then fail with its reason. */
  readonly signal: AbortSignal;
}

/** Removes what is too old from a journal's file, then reads. */
// deno-lint-ignore require-await -- What is thrown has to reject.
export async function attempt<T>(
  { writer, health, signal }: AttemptOptions,
  read: () => T,
): Promise<T> {
  signal.throwIfAborted();
  writer.clock.see();
  // Where removing fails, a reading brings more than it has to, and nothing is wrong.
  if (writer.isRemovalDue) health.write(() => writer.write(() => {}));
  return health.read(() => translateErrors(read));
}
