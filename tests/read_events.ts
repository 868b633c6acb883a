import type { EventId } from "../channels/event_id.ts";
import type { History } from "../channels/history.ts";
import type { ChannelEvent } from "../channels/message.ts";

/** Reads so many events at most, however large. */
export async function readEvents(
  history: History,
  channels: readonly string[],
  after: EventId,
  upTo: EventId,
  maxEvents = 100_000,
): Promise<readonly ChannelEvent[] | undefined> {
  const limits = { maxEvents, maxLength: Infinity };
  return (await history.read(channels, after, upTo, limits))?.events;
}
