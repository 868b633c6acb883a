/**
 * Waits for a promise, but no longer than so many ms.
 *
 * @returns Whether it settled in time.
 */
export async function atMost(
  ms: number,
  promise: Promise<void>,
): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(resolve, ms, false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
