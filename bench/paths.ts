import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the servers that no package manager installs, see README.md. */
const PEERS = Deno.env.get("BENCH_PEERS") ??
  join(Deno.env.get("HOME") ?? ".", ".cache", "chime-bench");

/** Returns the path of a file in `bench/`. */
export function benchPath(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

/** Returns the path of a file in the folder of the servers. */
export function peersPath(relative: string): string {
  return join(PEERS, relative);
}
