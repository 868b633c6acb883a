import type { EventId } from "../events/event_id.ts";
import type { ChannelEvent } from "../events/message.ts";

/**
 * What a timeline says about itself or about a channel, such as that an epoch begins. It takes a place as an event does,
 * and is read together with its channel's events, but it is never sent as an event, and does not count for the limits of
 * a channel.
 */
export interface Note {
  /** The kind. A reader that does not know it makes the journal not ready. */
  note: string;
  /** The channel that it is about, where it is about one. */
  channel?: string;
  /** Details, as the kind defines them. */
  payload?: string;
}

/** A note at its place. */
export interface NoteRecord extends Note {
  id: EventId;
}

/** An event or a note: what a timeline consists of. */
export type TimelineRecord = ChannelEvent | NoteRecord;

/** The note that an epoch begins with. Its payload is the epoch. */
export const EPOCH_NOTE = "epoch";

/** The note that a subject's credentials are revoked. Its payload is JSON: the subject, and the time, in ms since 1970. */
export const REVOKED_NOTE = "revoked";

/** The kinds of notes that this version knows. */
const KNOWN: ReadonlySet<string> = new Set([EPOCH_NOTE, REVOKED_NOTE]);

/** Whether this version knows what a kind of note means. */
export function isKnownNote(kind: string): boolean {
  return KNOWN.has(kind);
}

/** Whether a record is a note, and no event. */
export function isNote(record: TimelineRecord): record is NoteRecord {
  return "note" in record;
}
