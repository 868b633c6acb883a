/** Longer than anything that a test waits for takes, in ms. */
export const DEADLINE_MS = 20_000;

// The real ones, also while time is faked.
const { setTimeout: setTimer, clearTimeout: clearTimer } = globalThis;

/** Options for {@linkcode within}. */
export interface WithinOptions {
  /** How long to wait, in ms of real time. Default: 20 s. */
  deadlineMs?: number;
  /** Called for the error's message. */
  message?: () => string;
}

/**
 * Waits for a promise that may never settle.
 *
 * @throws {Error} if it does not settle by the deadline.
 */
export async function within<T>(
  promise: Promise<T>,
  { deadlineMs = DEADLINE_MS, message }: WithinOptions = {},
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimer(
    () => reject(new Error(message?.() ?? `Nothing came in ${deadlineMs} ms`)),
    deadlineMs,
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimer(timer);
  }
}
