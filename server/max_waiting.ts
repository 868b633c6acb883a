/** What a worker misses that stands still for a second or two, in bytes. One that lags further takes it from the journal. */
const MAX_BYTES = 16 * 1024 ** 2;

/** Which part of what is held for readers may wait for workers. */
const SHARE = 1 / 16;

/**
 * How much of the tail may wait for one worker, in bytes.
 *
 * @param maxMemoryBytes How much may be held for readers.
 * @param workers How many workers there are.
 */
export function maxWaiting(maxMemoryBytes: number, workers: number): number {
  return Math.min(MAX_BYTES, maxMemoryBytes * SHARE / workers);
}
