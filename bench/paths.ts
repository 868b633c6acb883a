import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the peers are that no package manager puts into its own place: see README.md. */
const PEERS = Deno.env.get("BENCH_PEERS") ??
  join(Deno.env.get("HOME") ?? ".", ".cache", "chime-bench");

/** A file below `bench/`, as a path. */
export function benchPath(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}

/** A file of a peer that was installed for measuring, as a path. */
export function peersPath(relative: string): string {
  return join(PEERS, relative);
}
