import { EventParser, type StreamEvent } from "../../events/event_parser.ts";

/** How many of each channel's events a page shows at first. */
export const FIRST_EVENTS = 50;
/** How many more to fetch at a time. */
const MORE_EVENTS = 200;
/** The most that the server sends. */
const MAX_EVENTS = 1_000;
/** How long to read, in ms: the event to wait for may no longer be kept. */
const READ_LIMIT_MS = 5_000;

/** The query that asks for the newest events, at most `count` of each channel. */
export function newestQuery(count: number): string {
  return `?latest=${Math.min(count, MAX_EVENTS)}`;
}

/** How many events of each channel to ask for next, with `count` here. Undefined if the server sends no more. */
export function nextCount(count: number): number | undefined {
  return count < MAX_EVENTS ? count + MORE_EVENTS : undefined;
}

/**
 * Reads the events that a new stream begins with.
 *
 * @param lastId The id of the last event to read. Later ones come on the page's own stream.
 * @returns The events up to that one. Undefined if the stream fails or does not bring it.
 */
export async function readNewest(
  url: string,
  lastId: string,
): Promise<StreamEvent[] | undefined> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), READ_LIMIT_MS);
  const events: StreamEvent[] = [];
  try {
    const response = await fetch(url, {
      headers: { accept: "text/event-stream" },
      cache: "no-store",
      signal: limit.signal,
    });
    if (response.status !== 200) return undefined;
    const parser = new EventParser("");
    const reader = response.body!.getReader();
    while (true) {
      const { value, done } = await reader.read();
      if (done) return undefined;
      for (const event of parser.push(value)) {
        if (event.id === undefined) continue;
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
