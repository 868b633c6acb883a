import { type EventId, ORIGIN } from "../../events/event_id.ts";
import type { History } from "../../journal/history.ts";
import type { ChannelEvent } from "../../events/message.ts";

/** Reads so many events at most, of any size. */
export async function readEvents(
  history: History,
  channels: readonly string[],
  after: EventId,
  upTo: EventId,
  maxEvents = 100_000,
): Promise<readonly ChannelEvent[] | undefined> {
  const limits = { maxEvents, maxLength: Infinity };
  return (await history.read({ channels, after, upTo }, limits))?.events;
}

/** Reads the newest events of each channel, of any size. */
export async function latestEvents(
  history: History,
  channels: readonly string[],
  upTo: EventId,
  count = 1,
): Promise<readonly ChannelEvent[]> {
  const { events } = await history.latest(
    { channels, upTo, count, after: ORIGIN },
    { maxEvents: 100_000, maxLength: Infinity },
  );
  return events;
}
