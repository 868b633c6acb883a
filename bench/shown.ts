import { loadCommand, type LoadFlags } from "./load.ts";
import { benchPath, peersPath } from "./paths.ts";
import type { Peer } from "./peer.ts";
import type { ServerProcess } from "./server_process.ts";

const ROOT = benchPath("../");
const PEERS = peersPath("");

function quote(arg: string): string {
  return /^[\w./:$=-]+$/.test(arg) ? arg : `'${arg}'`;
}

/**
 * Returns the server's command as it can be typed in the project's folder, with `$PORT`, `$FOLDER` and `$BENCH_PEERS`.
 */
export function shownServer(
  { env = {} }: Peer,
  { command, port, folder }: ServerProcess,
): string {
  const variables = Object.entries(env).map(([name, value]) =>
    `${name}=${value}`
  );
  return [...variables, ...command].map((arg) =>
    arg === Deno.execPath() ? "deno" : arg
      .replaceAll(folder, "$FOLDER")
      .replaceAll(PEERS, "$BENCH_PEERS")
      .replaceAll(ROOT, "")
      .replace(new RegExp(`\\b${port}\\b`), "$PORT")
  ).map(quote).join(" ");
}

/** Returns the load generator's command in the same form. */
export function shownLoad(flags: LoadFlags): string {
  return loadCommand({ port: "$PORT", ...flags })
    .map((arg) => quote(arg.replace(ROOT, "")))
    .join(" ");
}
