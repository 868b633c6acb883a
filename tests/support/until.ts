import { DEADLINE_MS, within, type WithinOptions } from "./within.ts";

/** How long to wait before asking again, in ms. */
const PAUSE_MS = 10;

// The real ones, also while time is faked.
const { setTimeout: setTimer } = globalThis;
const now = performance.now.bind(performance);

/**
 * Asks again and again until the answer is truthy, and resolves with that answer.
 *
 * @param condition Asked every 10 ms of real time, never twice at once.
 * @throws {Error} if it does not hold by the deadline, or does not answer.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { deadlineMs = DEADLINE_MS, message = () => `Never held: ${condition}` }:
    WithinOptions = {},
): Promise<Exclude<T, false | null | undefined>> {
  const endMs = now() + deadlineMs;
  while (true) {
    const answer = await within(Promise.resolve(condition()), {
      deadlineMs: Math.max(0, endMs - now()),
      message,
    });
    if (answer) return answer as Exclude<T, false | null | undefined>;
    if (now() > endMs) throw new Error(message());
    await new Promise((resolve) => setTimer(resolve, PAUSE_MS));
  }
}
