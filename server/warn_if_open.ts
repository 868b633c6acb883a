import { log } from "../log/log.ts";
import { isLoopback, readAddress } from "../routes/address.ts";
import type { ListenerKind } from "./listener.ts";

/** What a server is, as others see it. */
export interface Reach {
  listener: ListenerKind;
  /** Where it listens. */
  url: string;
  /** The channels that nobody may subscribe to without a right. */
  isPrivate: readonly unknown[];
}

/** Logs what everybody can do to a server that other machines can reach, where that may not be meant. */
export function warnIfOpen({ listener, url, isPrivate }: Reach): void {
  const { hostname } = new URL(url);
  const address = readAddress(hostname.replace(/^\[|\]$/g, ""));
  if (address && isLoopback(address)) return;
  if (listener === "deno") {
    log.warn(
      "the listener deno can neither count connections nor cut slow ones; as other machines can reach it, " +
        "use --listener node, or a proxy that does so (docs/limits.md)",
    );
  }
  if (isPrivate.length === 0) {
    log.warn(
      "everybody who reaches this server may subscribe to every channel: --private says which need a right",
    );
  }
}
