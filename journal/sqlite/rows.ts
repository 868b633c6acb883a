import {
  type EventId,
  eventIdMs,
  eventIdN,
  isEventId,
} from "../../events/event_id.ts";
import { checkFrame } from "../../events/frame.ts";
import { type ChannelEvent, checkKeptType } from "../../events/message.ts";

/** The columns of a row that make an event's id. */
export interface Place {
  ms: number;
  n: number;
}

/** Compares two rows by their ids, without making the ids: thousands are sorted for one reading of many channels. */
export function comparePlaces(a: Place, b: Place): number {
  return a.ms - b.ms || a.n - b.n;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Makes an id of a row's columns. */
export function toId({ ms, n }: Place): EventId {
  return `${ms}-${n}`;
}

/** Makes a row's columns of an id. */
export function parts(id: EventId): [ms: number, n: number] {
  return [eventIdMs(id), eventIdN(id)];
}

/**
 * Makes an event of its row.
 *
 * @throws {TypeError | InputError} The row makes no event that can be sent: what is damaged must not reach a client.
 */
export function toEvent(row: Record<string, unknown>): ChannelEvent {
  const { ms, n, channel, type, data } = row;
  const id = `${ms}-${n}`;
  if (!isEventId(id)) {
    throw new TypeError(`Cannot use event id ${id}: it must be two numbers`);
  }
  if (typeof channel !== "string" || !(data instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot use event ${id}: it must have channel and data`,
    );
  }
  if (type !== null && typeof type !== "string") {
    throw new TypeError(`Cannot use event ${id}: its type must be a text`);
  }
  const event: ChannelEvent = { channel, data: decoder.decode(data), id };
  if (type !== null) {
    checkKeptType(type);
    event.type = type;
  }
  checkFrame({ event: event.type, data: event.data });
  return event;
}
