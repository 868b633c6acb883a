import type { ChimeSourceOptions } from "./client.d.ts";

/** The interval of heartbeats, in s, unless told. */
const HEARTBEAT_S = 8;
/** How many heartbeats may be missing: one may be lost or late. */
const SILENT_HEARTBEATS = 3;
/** Ids that arrive in a header as they are. */
const HEADER_VALUE = /^[!-~]+( +[!-~]+)*$/;

/** How long a stream may bring no byte, in ms. */
export function silentMs({ heartbeat = HEARTBEAT_S }: ChimeSourceOptions) {
  return heartbeat * SILENT_HEARTBEATS * 1_000;
}

/**
 * Requests a stream.
 *
 * @param stream The URL without what only this request says.
 * @param lastId The id to resume after, or nothing.
 * @throws {unknown} what `fetch` or `ticket` throws.
 */
export async function ask(
  stream: URL,
  options: ChimeSourceOptions,
  lastId: string,
  signal: AbortSignal,
): Promise<Response> {
  const { heartbeat = HEARTBEAT_S, since, ticket, withCredentials } = options;
  // Not called as a method, which a browser's fetch would refuse.
  const { fetch = globalThis.fetch } = options;
  const url = new URL(stream);
  const headers = new Headers(options.headers);
  headers.set("accept", "text/event-stream");
  const query = url.searchParams;
  query.set("heartbeat", `${heartbeat}s`);
  if (since) query.set("since", since);
  if (lastId) {
    // They say where a stream begins that has not been open yet.
    query.delete("since");
    query.delete("latest");
    if (HEADER_VALUE.test(lastId)) headers.set("last-event-id", lastId);
    else query.set("lastEventId", lastId);
  }
  if (ticket) query.set("ticket", await ticket());
  return fetch(url.href, {
    headers,
    signal,
    cache: "no-store",
    credentials: withCredentials ? "include" : "same-origin",
  });
}
