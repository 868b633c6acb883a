/**
 * Writes a line to standard error.
 *
 * It never throws: if standard error is a full disk or a closed pipe, the line is lost.
 *
 * @param message One line, without a newline at its end.
 * @param error The error that was caught. Its stack follows the line.
 */
export function log(message: string, error?: unknown): void {
  try {
    if (error === undefined) console.error(`chime: ${message}`);
    else console.error(`chime: ${message}:`, error);
  } catch {
    // There is no other place to report it.
  }
}

/**
 * Writes to standard output, with a newline at the end.
 *
 * It never throws: if standard output is a full disk or a closed pipe, it logs why.
 *
 * @returns Whether it was written.
 */
export function print(text: string): boolean {
  try {
    console.log(text);
    return true;
  } catch (error) {
    log(`Cannot write to standard output: ${(error as Error).message}`);
    return false;
  }
}
