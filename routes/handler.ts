import type { Client } from "./client.ts";
import type { Target } from "./target.ts";

/** Answers a request whose path and method are those of its route. */
export type Handler = (
  request: Request,
  target: Target,
  client: Client,
) => Response | Promise<Response>;

/** A path and its handlers. */
export interface Route {
  /** A path, or all paths of a folder if it ends in `/*`. */
  path: string;
  methods: Readonly<Record<string, Handler>>;
  /** Whether only this server's own pages may use it, whatever other origins are allowed. */
  isOwn?: boolean;
  /** Whether it tells of the server's health: it answers whatever host is named, and whatever limit its client is over. */
  isHealth?: boolean;
}
