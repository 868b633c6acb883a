import type { ChannelEvent } from "./message.ts";

/**
 * Writes an event as JSON, as `format=json` carries it: with its channel, its type, its id and its data, in which all
 * newlines are as they were published.
 */
export function toEnvelope(
  { channel, type = "message", id, data }: ChannelEvent,
): string {
  return JSON.stringify({ channel, type, id, data });
}
