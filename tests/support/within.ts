/** Longer than anything that a test waits for takes, in ms. */
const PATIENCE_MS = 20_000;

/**
 * Waits for a promise that may never settle.
 *
 * @throws {Error} if it does not settle within 20 s.
 */
export async function within<T>(promise: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`Nothing came in ${PATIENCE_MS} ms`)),
    PATIENCE_MS,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
