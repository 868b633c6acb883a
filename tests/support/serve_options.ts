import { wholeToken } from "../../access/token.ts";
import type { Retention } from "../../journal/journal.ts";
import type { ConnectionLimits } from "../../server/connection_limits.ts";
import type { ServeOptions } from "../../server/serve_options.ts";
import { LISTENER } from "./listener.ts";

/** Limits that no test reaches. */
export const NO_LIMITS: ConnectionLimits = {
  maxConnections: 10_000,
  maxStreams: 10_000,
  maxPerAddress: 10_000,
  limitsEveryone: false,
  maxSockets: 10_000,
};

/** What the journals of tests keep. */
export const RETENTION: Retention = {
  maxEvents: 1_000,
  maxAgeMs: 86_400_000,
  maxBytes: 128 * 1024 ** 2,
};

/** Options of a server on any free port, whose publishers send the token `t`. */
export const SERVE_OPTIONS: ServeOptions = {
  version: "1.2.3",
  listener: LISTENER,
  hostname: "127.0.0.1",
  port: 0,
  sharesPort: false,
  access: { isPrivate: [], tokens: [wholeToken("t")] },
  maxBodyBytes: 10_000,
  heartbeatS: 8,
  retention: RETENTION,
  maxMemoryBytes: 1_000_000,
  corsOrigins: [],
  accessLog: false,
  allowedHosts: [],
  basePath: "",
  limits: NO_LIMITS,
  trustedProxies: [],
};
