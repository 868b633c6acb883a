import type { AccessSettings } from "../access/access.ts";
import type { Retention } from "../journal/journal.ts";
import type { ConnectionLimits } from "./connection_limits.ts";
import type { ListenerKind } from "./listener.ts";

/** Options for `Instance`. All of it is plain data, so that it can be sent to another thread. */
export interface InstanceOptions {
  /** Chime's version, such as `1.2.3`. */
  version: string;
  /** Who may do what. */
  access: AccessSettings;
  /** How large a request's body may be, in bytes. */
  maxBodyBytes: number;
  /** The interval of a stream's heartbeats where its client names none, in s. */
  heartbeatS: number;
  /** How much the journal keeps. */
  retention: Retention;
  /** The origins whose pages may use the streams. */
  corsOrigins: readonly string[];
  /** Whether each request is logged. */
  accessLog: boolean;
  /** The hosts that requests may name; any, if there is none. */
  allowedHosts: readonly string[];
  /** What all paths begin with, such as `/live`, or an empty string. */
  basePath: string;
  limits: ConnectionLimits;
}

/** Options for `Serving`. */
export interface ServeOptions extends InstanceOptions {
  listener: ListenerKind;
  /** How much all threads may hold for readers together, in bytes. */
  maxMemoryBytes: number;
  /** Where all threads count that, and which slot is this one's. Without it, there is one thread. */
  held?: { buffer: SharedArrayBuffer; slot: number };
  hostname: string;
  /** 0 stands for any free port. */
  port: number;
  /** Proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8`. */
  trustedProxies: readonly string[];
  /** Whether other threads listen on the same port: the system spreads connections over them. */
  sharesPort: boolean;
}
