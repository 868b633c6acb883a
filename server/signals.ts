import { log } from "../log/log.ts";

/** For how long after the first signal another one is the same, in ms: a task runner passes on what the terminal sent already. */
const SAME_SIGNAL_MS = 250;
const IS_WINDOWS = Deno.build.os === "windows";
/** Signals that ask for the end. */
const ENDINGS: readonly Deno.Signal[] = IS_WINDOWS
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];
/**
 * Signals that would end the process, for no reason of its own. SIGXFSZ comes where a file would grow beyond its limit:
 * the write itself then fails, as it does on a full disk.
 */
const IGNORED: readonly Deno.Signal[] = IS_WINDOWS
  ? []
  : ["SIGUSR1", "SIGUSR2", "SIGXFSZ"];

/** Keeps signals that ask for something else from ending the process. SIGPIPE Deno ignores by itself. */
export function outliveSignals(): void {
  for (const signal of IGNORED) Deno.addSignalListener(signal, () => {});
  if (IS_WINDOWS) return;
  Deno.addSignalListener("SIGHUP", () => log("SIGHUP: nothing to reload"));
}

/** Calls back at the first request to end. A second one ends the process at once, with 1. */
export function onEndSignal(end: () => void): void {
  let since: number | undefined;
  for (const signal of ENDINGS) {
    Deno.addSignalListener(signal, () => {
      if (since === undefined) {
        since = performance.now();
        end();
      } else if (performance.now() - since > SAME_SIGNAL_MS) Deno.exit(1);
    });
  }
}
