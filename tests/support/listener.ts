import { Admission } from "../../server/admission.ts";
import { SharedCounts } from "../../server/shared_counts.ts";
import type { ListenerKind, ListenerOptions } from "../../server/listener.ts";

/**
 * The listener of the tests' servers: the gate runs the tests that need a server a second time with
 * `CHIME_LISTENER=node`. Chime itself, started by a test, reads the same variable.
 */
export const LISTENER: ListenerKind = Deno.env.get("CHIME_LISTENER") === "node"
  ? "node"
  : "deno";

/** Whether HTTP/2 is spoken. */
export const HAS_HTTP2 = LISTENER === "deno";

/** Options of a listener on any free port, without limits. */
export const LISTENER_OPTIONS: Omit<ListenerOptions, "handler"> = {
  hostname: "127.0.0.1",
  port: 0,
  reusePort: false,
  admission: new Admission({
    limits: {
      maxConnections: 1_000,
      maxStreams: 1_000,
      maxPerAddress: 1_000,
      limitsEveryone: false,
      maxSockets: 1_000,
    },
    counts: SharedCounts.alone(1_000),
    trustedProxies: [],
  }),
  onRefused() {},
  onUnreadable() {},
};
