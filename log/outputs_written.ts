import { sayLeftOut } from "./log.ts";
import { printed } from "./print.ts";
import { logWritten } from "./standard_error.ts";

/** How long what waits has to be written before the process ends, in ms: nobody may read it. */
const MAX_WAIT_MS = 500;

/**
 * Waits until all that was printed and logged is written, but no longer than half a second. Await it before
 * `Deno.exit`, which would lose the last lines.
 */
export async function outputsWritten(): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, MAX_WAIT_MS);
  sayLeftOut();
  // What cannot be printed is logged.
  await Promise.race([printed().then(logWritten), late]);
  clearTimeout(timer);
}
