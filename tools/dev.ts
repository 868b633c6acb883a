/**
 * Serves, and restarts at every change: `deno task dev [flags]`, with the server's own flags.
 *
 * Deno watches everything that the server imports, the bundled islands included. This program bundles the islands
 * again.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import manifest from "../deno.json" with { type: "json" };
import { build } from "./build.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The folders of the islands' modules: all that bundling reads, but for the folder that it writes. */
const SOURCES = manifest.permissions.build.read
  .filter((folder) => folder !== "static")
  .map((folder) => `${ROOT}${folder}`);
/**
 * How long the files must stay unchanged, in ms: an editor saves in several steps. Deno waits 200 ms, so that a change
 * of an island, which the server imports too, and the new bundle cause only one restart.
 */
const SETTLE_MS = 50;
/** Signals that end the program. */
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
    // The bundler itself reads the files.
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
      // Only SIGINT ends Deno's watching as well as the program that it runs.
      server.kill("SIGINT");
    } catch {
      // It may have ended: Ctrl-C in a terminal reaches it as well.
    }
  });
}
Deno.exit((await server.status).code);
