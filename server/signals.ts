import { log } from "../log/log.ts";
import { outputsWritten } from "../log/outputs_written.ts";

/** A second signal within so many ms is the first one again: a task runner passes on what the terminal has sent already. */
const SAME_SIGNAL_MS = 250;
const IS_WINDOWS = Deno.build.os === "windows";
/** Signals that ask the process to end. */
const ENDINGS: readonly Deno.Signal[] = IS_WINDOWS
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];
/**
 * Signals that would end the process though it need not end. SIGXFSZ comes when a file would grow beyond its limit; the
 * write itself then fails as it does on a full disk.
 */
const IGNORED: readonly Deno.Signal[] = IS_WINDOWS
  ? []
  : ["SIGUSR1", "SIGUSR2", "SIGXFSZ"];

/** Keeps other signals from ending the process. Deno itself ignores SIGPIPE. */
export function outliveSignals(): void {
  for (const signal of IGNORED) Deno.addSignalListener(signal, () => {});
  if (IS_WINDOWS) return;
  Deno.addSignalListener("SIGHUP", () => {
    const what = reloads.length > 0 ? "reloading" : "nothing to reload";
    log.info(`SIGHUP: ${what}`);
    for (const reload of reloads) reload();
  });
}

const reloads: (() => void)[] = [];

/** Calls `reload` at each SIGHUP from now on. It reads again what may have changed. */
export function onReload(reload: () => void): void {
  reloads.push(reload);
}

/** Calls `end` at the first signal to end. A second one ends the process at once, with 1. */
export function onEndSignal(end: () => void): void {
  let since: number | undefined;
  for (const signal of ENDINGS) {
    Deno.addSignalListener(signal, () => {
      if (since === undefined) {
        since = performance.now();
        log.info("draining", { signal });
        end();
      } else if (performance.now() - since > SAME_SIGNAL_MS) {
        log.warn("ending the process at once", { signal });
        outputsWritten().then(() => Deno.exit(1));
      }
    });
  }
}
