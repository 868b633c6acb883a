import { type EventId, eventIdMs, isEventId } from "../../events/event_id.ts";
import { checkFrame } from "../../events/frame.ts";
import {
  type ChannelEvent,
  checkChannel,
  checkKeptType,
} from "../../events/message.ts";
import { log } from "../../log/log.ts";
import { GENESIS } from "./genesis.ts";

/** An entry of a stream, as Redis answers with it: its id, then names and values in turn. */
export type Entry = [id: EventId, fields: string[]];

/** The answer to `XREAD` of one stream. */
export type StreamReply = [[key: string, entries: Entry[]]] | null;

/** The entries in the answer to `XREAD`. */
export function toEntries(reply: StreamReply): readonly Entry[] {
  return reply ? reply[0][1] : [];
}

/**
 * Makes an id of safe integers: the id itself, or the last such id before it. No event comes in between. Other programs
 * can give entries ids that JavaScript cannot count with.
 */
export function toSafeId(id: EventId): EventId {
  if (isEventId(id)) return id;
  const max = Number.MAX_SAFE_INTEGER;
  const ms = eventIdMs(id);
  return ms > max ? `${max}-${max}` : `${ms}-${max}`;
}

/** Makes events of entries, and skips entries that are no events: other programs can write to the stream, too. */
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
    log.warn(
      `the journal's entry ${id} is no event, and is passed over, as further ones will be: ${message}`,
    );
  }
}

/** @throws {TypeError | InputError} The entry makes no event that can be sent. */
function toEvent([id, names]: Entry): ChannelEvent {
  const fields = new Map<string, string>();
  for (let i = 0; i < names.length; i += 2) {
    fields.set(names[i]!, names[i + 1]!);
  }
  const channel = fields.get("channel");
  const data = fields.get("data");
  const type = fields.get("type");
  if (channel === undefined || data === undefined) {
    throw new TypeError(
      `Cannot use event ${id}: it must have channel and data`,
    );
  }
  if (!isEventId(id)) {
    throw new TypeError(
      `Cannot use event id ${id}: its numbers must be safe integers`,
    );
  }
  checkChannel(channel);
  if (type !== undefined) checkKeptType(type);
  checkFrame({ event: type, data });
  const event: ChannelEvent = { channel, data, id };
  if (type !== undefined) event.type = type;
  return event;
}
