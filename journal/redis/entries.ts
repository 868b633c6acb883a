import { log } from "../../log/log.ts";
import { type EventId, eventIdMs, isEventId } from "../../events/event_id.ts";
import { checkFrame } from "../../events/frame.ts";
import { type ChannelEvent, checkChannel } from "../../events/message.ts";
import type { Reply } from "./connection.ts";
import { GENESIS } from "./scripts.ts";

/** An entry of a stream, as Redis answers with it: its id, and names and values by turns. */
export type Entry = readonly [id: EventId, fields: readonly string[]];

/** The entries in the answer to `XRANGE` or `XREVRANGE`. */
export function toEntries(reply: Reply | undefined): readonly Entry[] {
  return reply as unknown as readonly Entry[];
}

/** The entries of the one stream in the answer to `XREAD`. */
export function toStreamEntries(reply: Reply | undefined): readonly Entry[] {
  const streams = reply as unknown as
    | readonly [readonly [key: string, entries: readonly Entry[]]]
    | null;
  return streams ? streams[0][1] : [];
}

/**
 * The id itself, or the last before it that holds safe integers: no event comes in between. Others can give ids that
 * JavaScript cannot count with.
 */
export function toSafeId(id: EventId): EventId {
  if (isEventId(id)) return id;
  const max = Number.MAX_SAFE_INTEGER;
  const ms = eventIdMs(id);
  return ms > max ? `${max}-${max}` : `${ms}-${max}`;
}

/** Reads events out of entries, and passes over what is none: others can write to the stream, too. */
export class EventReader {
  #hasWarned = false;

  events(entries: readonly Entry[]): ChannelEvent[] {
    return entries.flatMap((entry) => {
      if (entry[1][0] === GENESIS) return [];
      try {
        return [toEvent(entry)];
      } catch (error) {
        this.#warn(entry[0], error as Error);
        return [];
      }
    });
  }

  #warn(id: string, { message }: Error): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    log(
      `the journal's entry ${id} is no event, and is passed over, as further ones will be: ${message}`,
    );
  }
}

/** @throws {TypeError} where the entry is no event that a client can be sent. */
function toEvent([id, names]: Entry): ChannelEvent {
  const fields = new Map<string, string>();
  for (let i = 0; i < names.length; i += 2) {
    fields.set(names[i]!, names[i + 1]!);
  }
  const channel = fields.get("channel");
  const data = fields.get("data");
  const type = fields.get("type");
  if (channel === undefined || data === undefined) {
    throw new TypeError("An event has a channel and data");
  }
  if (!isEventId(id)) throw new TypeError("An event's id holds safe integers");
  checkChannel(channel);
  checkFrame({ event: type, data });
  const event: ChannelEvent = { channel, data, id };
  if (type !== undefined) event.type = type;
  return event;
}
