/**
 * Serves, and starts again at every change: `deno task dev [flags]`, with the server's own flags.
 *
 * Deno watches all that the server imports, the bundled island among it. What is left to do is to bundle it anew.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { build } from "./build.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Where the island's modules are. */
const SOURCES = [`${ROOT}islands`, `${ROOT}channels`];
/**
 * How long, in ms, the files must rest: an editor saves in several steps. Deno waits 200 ms, so that a change of the
 * island, which the server imports too, and the new bundle are one restart.
 */
const SETTLE_MS = 50;
/** Signals that ask for the end. */
const ENDINGS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

async function rebuild(): Promise<void> {
  try {
    await build();
  } catch (error) {
    console.error((error as Error).message);
  }
}

async function rebuildOnChange(watcher: Deno.FsWatcher): Promise<void> {
  let building = Promise.resolve();
  let settling: ReturnType<typeof setTimeout> | undefined;
  for await (const { kind } of watcher) {
    // The bundler reads, which changes nothing.
    if (kind === "access") continue;
    clearTimeout(settling);
    settling = setTimeout(() => building = building.then(rebuild), SETTLE_MS);
  }
}

await rebuild();
rebuildOnChange(Deno.watchFs(SOURCES));
const server = new Deno.Command(Deno.execPath(), {
  args: ["run", "--quiet", "-P=serve", "--watch", "main.ts", ...Deno.args],
  cwd: ROOT,
}).spawn();
for (const signal of ENDINGS) {
  Deno.addSignalListener(signal, () => {
    try {
      // Of all signals, the only one that ends Deno's watching, and not just what it runs.
      server.kill("SIGINT");
    } catch {
      // It has ended: a terminal's Ctrl-C reaches it as well.
    }
  });
}
Deno.exit((await server.status).code);
