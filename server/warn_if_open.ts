import { log } from "../log/log.ts";
import { isLoopback, readAddress } from "../routes/address.ts";
import type { ListenerKind } from "./listener.ts";

/**
 * Logs that a listener cannot protect itself, if others than this machine can reach it.
 *
 * @param url Where it listens.
 */
export function warnIfOpen(listener: ListenerKind, url: string): void {
  if (listener === "node") return;
  const { hostname } = new URL(url);
  const address = readAddress(hostname.replace(/^\[|\]$/g, ""));
  if (address && isLoopback(address)) return;
  log.warn(
    "the listener deno can neither count connections nor cut slow ones; as other machines can reach it, " +
      "use --listener node, or a proxy that does so (docs/limits.md)",
  );
}
