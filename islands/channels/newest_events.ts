import { EventParser, type StreamEvent } from "../../events/event_parser.ts";
import { readStatus } from "../page/read_status.ts";
import { withToken } from "../page/with_token.ts";
import type { EventLog } from "./event_log.ts";

/** How many of each channel's events a page shows at first. */
export const FIRST_EVENTS = 50;
/** How many more to fetch at a time. */
const MORE_EVENTS = 200;
/** The most that the server sends. */
const MAX_EVENTS = 1_000;
/** How far before the oldest event here to look for older ones at first, in ms, and how much further each time. */
const FIRST_BACK_MS = 60_000;
const BACK_GROWTH = 8;
/** How long to read, in ms: the event to wait for may no longer be kept. */
const READ_LIMIT_MS = 5_000;

/** The query that asks for the newest events, at most `count` of each channel. */
export function newestQuery(count: number): string {
  return `?latest=${Math.min(count, MAX_EVENTS)}`;
}

/**
 * Reads the newest events, and more of them than are here. If more are here than the server sends as the newest, it reads
 * all events since some time before the oldest one here, and since longer before until there are older ones.
 *
 * @param path The path of the channels' stream.
 * @param lastId The id of the last event to read. Later ones come on the page's own stream.
 * @param token Sent where the server asks for one.
 * @returns The events up to that one. None is older than those here if the server keeps no older ones. Undefined if the
 * stream fails or does not bring the last one.
 */
export async function readOlder(
  path: string,
  log: EventLog,
  lastId: string,
  token: string | undefined,
): Promise<StreamEvent[] | undefined> {
  const count = log.mostOfOne;
  if (count < MAX_EVENTS) {
    return await readUpTo(
      path + newestQuery(count + MORE_EVENTS),
      lastId,
      token,
    );
  }
  const ids = log.ids();
  const oldestMs = Number.parseInt(ids[0]!);
  const known = new Set(ids);
  let backMs = FIRST_BACK_MS;
  while (backMs < oldestMs) {
    const since = `${path}?since=${oldestMs - backMs}-0`;
    const events = await readUpTo(since, lastId, token);
    // A reset: nothing is kept from so long ago.
    if (events?.length === 0) break;
    if (!events || events.some(({ id }) => !known.has(id!))) return events;
    backMs *= BACK_GROWTH;
  }
  return await readUpTo(`${path}?since=earliest`, lastId, token);
}

/** Reads a new stream up to the event with that id. Returns nothing but an empty array if it begins with a reset. */
async function readUpTo(
  url: string,
  lastId: string,
  token: string | undefined,
): Promise<StreamEvent[] | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), READ_LIMIT_MS);
  const events: StreamEvent[] = [];
  try {
    const response = await withToken((more) =>
      fetch(url, {
        headers: { accept: "text/event-stream", ...more },
        cache: "no-store",
        signal: limit.signal,
      }), token);
    if (response.status !== 200) return undefined;
    const parser = new EventParser("");
    const reader = response.body!.getReader();
    while (true) {
      const { value, done } = await reader.read();
      if (done) return undefined;
      for (const event of parser.push(value)) {
        if (event.type === "status") {
          if (readStatus(event.data)?.state === "reset") return [];
          continue;
        }
        events.push(event);
        if (event.id === lastId) return events;
      }
    }
  } catch {
    // The connection was lost, or the time is up. The list stays as it is, and scrolling up tries again.
    return undefined;
  } finally {
    clearTimeout(timer);
    limit.abort();
  }
}
