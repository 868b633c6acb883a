import { readingError } from "../reading.ts";

/**
 * SQLite's codes for failures that may pass: BUSY, LOCKED, NOMEM, INTERRUPT, FULL, CANTOPEN (of a temporary file) and
 * PROTOCOL. Every other failure would come again. https://www.sqlite.org/rescode.html
 */
const PASSING_CODES: readonly unknown[] = [5, 6, 7, 9, 13, 14, 15];

/** Reads, and throws the errors of {@linkcode History} for those of SQLite. */
export function translateErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { errcode = 0 } = error as { errcode?: number };
    // The low byte is the kind of failure; the others only say more about it.
    const passes = PASSING_CODES.includes(errcode & 0xff);
    throw readingError(error as Error, passes);
  }
}
