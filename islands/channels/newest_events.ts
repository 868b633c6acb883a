import { EventParser, type StreamEvent } from "../../events/event_parser.ts";

/** How many of each channel's events a page begins with. */
export const FIRST_EVENTS = 50;
/** How many more are asked for at a time. */
const MORE_EVENTS = 200;
/** How many the server gives out at most. */
const MAX_EVENTS = 1_000;
/** How long to read on for an event that may be kept no more, in ms. */
const READ_LIMIT_MS = 5_000;

/** The query for the newest events, `count` of each channel at most. */
export function newestQuery(count: number): string {
  return `?latest=${Math.min(count, MAX_EVENTS)}`;
}

/** How many events of each channel to ask for where so many are here; undefined where no more can be had. */
export function nextCount(count: number): number | undefined {
  return count < MAX_EVENTS ? count + MORE_EVENTS : undefined;
}

/**
 * Reads the events that a fresh stream begins with.
 *
 * @param lastId The event up to which to read. What follows comes by another stream.
 * @returns The events, that one included; undefined where the stream failed, or did not bring it.
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
    // Lost, or waited for in vain: the list stays as it is, and whoever scrolls up again asks again.
    return undefined;
  } finally {
    clearTimeout(timer);
    limit.abort();
  }
}
