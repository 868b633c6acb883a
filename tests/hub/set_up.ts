import type { DeliverFrom } from "../../hub/deliver_from.ts";
import type { Format } from "../../hub/format.ts";
import { Hub } from "../../hub/hub.ts";
import { ListHistory } from "../support/list_history.ts";
import type { EventReader } from "../support/event_reader.ts";
import { openStream } from "../support/open_stream.ts";

/** Limits within which a ring holds everything. */
export const ALL = { maxFrames: 1_000, maxBytes: 1_000_000 };

/** A hub whose history is complete, and a way to publish. */
export function setUp(ringLimits = ALL) {
  const history = new ListHistory();
  const hub = new Hub(history, { last: "0-0", ringLimits, saysLive: false });
  return {
    history,
    hub,
    open(channels: readonly string[], from?: DeliverFrom, format?: Format) {
      return openStream(hub, channels, from, format);
    },
    publish(channel: string, data: string, type?: string) {
      const event = history.add(channel, data, type);
      return hub.append([event], event.id);
    },
    [Symbol.dispose]() {
      hub[Symbol.dispose]();
    },
  };
}

/** A status event as it is read. */
export function status(state: Record<string, unknown>) {
  return { event: "status", data: JSON.stringify(state) };
}

/** A reader of what comes after the line that the stream begins with. */
export async function begun(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>> {
  const reader = stream.getReader();
  await reader.read();
  return reader;
}

/** The ids of the events in a text, without those of status events. */
export function idsOf(text: string): string[] {
  const events = text.replaceAll(/event: status\n(?:.+\n)*\n/g, "");
  return [...events.matchAll(/^id: (.*)$/gm)].map(([, id]) => id!);
}

/** The next events without `retry`, which is drawn, and without the ids of status events, see `places_test.ts`. */
export async function take(reader: EventReader, count: number) {
  const events = await takeAll(reader, count);
  for (const event of events) if (event.event === "status") delete event.id;
  return events;
}

/** The next events without `retry`. */
export async function takeAll(reader: EventReader, count: number) {
  return (await reader.take(count)).map(({ retry: _, ...event }) => event);
}
