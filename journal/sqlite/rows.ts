import {
  type EventId,
  eventId,
  eventIdMs,
  eventIdN,
  isEventId,
  type Place,
} from "../../events/event_id.ts";
import { checkFrame } from "../../events/frame.ts";
import { type ChannelEvent, checkKeptType } from "../../events/message.ts";
import type { Epochs } from "../epochs.ts";
import type { NoteRecord, TimelineRecord } from "../note.ts";

/** What a record takes in the file besides its texts, its entry in the index included, about, in bytes. */
export const RECORD_OVERHEAD = 100;

/** The columns of a row that make a place. */
export interface RowPlace {
  ms: number;
  n: number;
}

/** Compares two rows by their places, without making ids: thousands are sorted for one reading of many channels. */
export function comparePlaces(a: RowPlace, b: RowPlace): number {
  return a.ms - b.ms || a.n - b.n;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** Makes a place of a row's columns. */
export function toPlace({ ms, n }: RowPlace): Place {
  return `${ms}-${n}`;
}

/** Makes a row's columns of an id or a place. */
export function parts(id: EventId): [ms: number, n: number] {
  return [eventIdMs(id), eventIdN(id)];
}

/**
 * Makes a record of its row.
 *
 * @param epochs Say which epoch gave out the record's id.
 * @throws {TypeError | InputError} The row makes no event that can be sent: what is damaged must not reach a client.
 */
export function toRecord(
  row: Record<string, unknown>,
  epochs: Epochs,
): TimelineRecord {
  const place = `${row.ms}-${row.n}` as Place;
  if (!isEventId(place)) {
    throw new TypeError(`Cannot use event id ${place}: it must be two numbers`);
  }
  const id = eventId(place, epochs.nameAt(place));
  return row.note === null ? toEvent(row, id) : toNote(row, id);
}

function toEvent(row: Record<string, unknown>, id: EventId): ChannelEvent {
  const { channel, type, fields, data } = row;
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
  if (fields !== null) event.fields = toFields(`${fields}`, id);
  checkFrame({ event: event.type, data: event.data });
  return event;
}

function toFields(text: string, id: EventId): Record<string, string> {
  const fields = JSON.parse(text);
  const isWhole = typeof fields === "object" && fields !== null &&
    Object.values(fields).every((value) => typeof value === "string");
  if (!isWhole) {
    throw new TypeError(`Cannot use event ${id}: its fields must be texts`);
  }
  return fields;
}

function toNote(row: Record<string, unknown>, id: EventId): NoteRecord {
  const { channel, note, data } = row;
  const record: NoteRecord = { note: `${note}`, id, channel: `${channel}` };
  if (data instanceof Uint8Array) record.payload = decoder.decode(data);
  return record;
}
