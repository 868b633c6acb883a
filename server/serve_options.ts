import type { ListenerKind } from "./listener.ts";

/** Options for `Instance`. All of it is plain data, so that it can be sent to another thread. */
export interface InstanceOptions {
  /** Chime's version, such as `1.2.3`. */
  version: string;
  /** The token that publishers send. */
  token: string;
  /** How large a request's body may be, in bytes. */
  maxBodyBytes: number;
  /** The origins whose pages may use the streams. */
  corsOrigins: readonly string[];
  /** Whether each request is logged. */
  accessLog: boolean;
  /** How many streams may be open at once. */
  maxStreams: number;
}

/** Options for `Serving`. */
export interface ServeOptions extends InstanceOptions {
  listener: ListenerKind;
  hostname: string;
  /** 0 stands for any free port. */
  port: number;
  /** Whether other threads listen on the same port: the system spreads connections over them. */
  sharesPort: boolean;
}
