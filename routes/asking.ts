import type { Asking } from "../access/source.ts";
import type { Client } from "./client.ts";
import type { Target } from "./target.ts";

/** The request, as sources of rights see it. */
export function toAsking(
  { method, headers }: Request,
  { query, origin }: Target,
  { address }: Client,
): Asking {
  return { method, headers, query, origin, address };
}
