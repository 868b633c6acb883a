import { DenoListener } from "./deno_listener.ts";
import type { Listener, ListenerKind, ListenerOptions } from "./listener.ts";

/**
 * Listens.
 *
 * @throws {Deno.errors.AddrInUse} where the port is taken, and whatever else the system refuses.
 */
export async function listen(
  kind: ListenerKind,
  options: ListenerOptions,
): Promise<Listener> {
  if (kind === "deno") return new DenoListener(options);
  // Loaded only where it is used: `node:http` takes 7 MB.
  const { NodeListener } = await import("./node_listener.ts");
  return await NodeListener.listen(options);
}
