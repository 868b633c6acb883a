import type { RefusedReason } from "../hub/refused.ts";
import type { Client } from "../routes/client.ts";
import type { Admission } from "./admission.ts";

/** How many connections may wait to be accepted: a burst of clients that come back together must not be refused. */
export const BACKLOG = 4_096;

/** Accepts connections and answers their requests. */
export interface Listener {
  /** Where it is reached, as a URL with a path of `/`. */
  readonly url: string;
  /** Answers the requests it has, stops accepting, and resolves when every answer is sent: end the streams first. */
  close(): Promise<void>;
}

/** Options for a {@linkcode Listener}. */
export interface ListenerOptions {
  hostname: string;
  /** 0 stands for any free port. */
  port: number;
  /** Whether others that do the same may listen on the port, too. */
  reusePort: boolean;
  /** Counts the connections and requests, and says which of them are over a limit. */
  admission: Admission;
  /** Counts a connection or a request that the listener itself refuses. */
  onRefused(reason: RefusedReason): void;
  /** Counts and logs an answer to what no `Request` can be made of. */
  onUnreadable(answer: Unreadable): void;
  /** Answers a request. */
  handler(request: Request, client: Client): Response | Promise<Response>;
}

/** An answer to what no `Request` can be made of. */
export interface Unreadable {
  readonly status: number;
  /** The request's method, if it is known. */
  readonly method: string | undefined;
  /** The client's IP address. */
  readonly address: string;
  readonly requestId: string;
}

/** `Deno.serve`, with HTTP/1 and HTTP/2, or `node:http`, with HTTP/1 alone. */
export type ListenerKind = "deno" | "node";

/** The URL of a listener, with a path of `/`. */
export function urlOf(hostname: string, port: number): string {
  return `http://${
    hostname.includes(":") ? `[${hostname}]` : hostname
  }:${port}/`;
}
