import { checkChannel } from "../../events/channel_name.ts";
import { type EventId, isEventId } from "../../events/event_id.ts";
import { checkFrame } from "../../events/frame.ts";
import { type ChannelEvent, checkKeptType } from "../../events/message.ts";
import { log } from "../../log/log.ts";
import type { Entry } from "../journal.ts";
import type { NoteRecord, TimelineRecord } from "../note.ts";

/** What a head says besides numbers, of an event or of a note. */
interface Rest {
  type?: string;
  fields?: Record<string, string>;
  note?: string;
  payload?: string;
}

/** Numbers, the id, the time, and the rest in JSON, after a "!" for a note. See `HEADS` in `lua.ts`. */
const HEAD = /^\d+ \d+ \d+ \d+ (\S+) \S+ (!?)(.*)$/s;

/** What the head of an entry says besides numbers; empty for an event without a type and fields. */
export function restOf(entry: Entry): string {
  if ("note" in entry) {
    const { note, payload } = entry;
    return `!${JSON.stringify({ note, payload })}`;
  }
  const { type, fields } = entry;
  return type === undefined && fields === undefined
    ? ""
    : JSON.stringify({ type, fields });
}

/** Makes the note of a head's rest. */
export function noteOf(id: EventId, rest: string): NoteRecord {
  return { id, ...JSON.parse(rest.slice(1)) };
}

/** The notes among entries. */
export function notesOf(
  entries: readonly Entry[],
  ids: readonly EventId[],
): NoteRecord[] {
  return entries.flatMap((entry, i) =>
    "note" in entry ? [{ ...entry, id: ids[i]! }] : []
  );
}

/** Makes records of heads and data, and passes over what is none: other programs can write to the keys, too. */
export class RecordReader {
  #hasWarned = false;

  /**
   * @param channel Empty for a note that is about no channel.
   * @returns Nothing where the event must not be sent.
   */
  read(
    head: string,
    channel: string,
    data: string,
  ): TimelineRecord | undefined {
    try {
      return toRecord(head, channel, data);
    } catch (error) {
      this.#warn(head, error as Error);
      return undefined;
    }
  }

  #warn(head: string, { message }: Error): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const id = HEAD.exec(head)?.[1] ?? JSON.stringify(head);
    log.warn(
      `the journal's record ${id} is no event, and is passed over, as further ones will be: ${message}`,
    );
  }
}

/** The id in a head, if there is one. */
export function idOf(head: string): EventId | undefined {
  const id = HEAD.exec(head)?.[1] ?? "";
  return isEventId(id) ? id : undefined;
}

/** @throws {TypeError | InputError | SyntaxError} This makes no record, or none that can be sent. */
function toRecord(head: string, channel: string, data: string): TimelineRecord {
  const id = idOf(head);
  if (!id) throw new TypeError("Cannot use a head: it must have an id");
  const [, , sign, text] = HEAD.exec(head)!;
  const rest: Rest = text === "" ? {} : JSON.parse(text!);
  if (sign === "!") {
    const { note, payload } = rest;
    return {
      note: note!,
      ...(channel !== "" && { channel }),
      ...(payload !== undefined && { payload }),
      id,
    };
  }
  const { type, fields } = rest;
  checkChannel(channel);
  if (type !== undefined) checkKeptType(type);
  checkFrame({ event: type, data });
  const event: ChannelEvent = { channel, data, id };
  if (type !== undefined) event.type = type;
  if (fields !== undefined) event.fields = fields;
  return event;
}
