import {
  compareEventIds,
  type EventId,
  ORIGIN,
  type Place,
} from "../../events/event_id.ts";
import type { ChannelEvent } from "../../events/message.ts";
import type {
  Gone,
  History,
  ReadFrom,
  ReadLimits,
  Unknown,
} from "../../journal/history.ts";
import { isNote, type TimelineRecord } from "../../journal/note.ts";

/** After all places. */
export const END: Place = `${Number.MAX_SAFE_INTEGER}-0`;

/** Everything that is held. */
export const EARLIEST: ReadFrom = { kind: "earliest" };

const NO_LIMITS: ReadLimits = { maxEvents: 100_000, maxLength: Infinity };

/** What a reading of several pages found. */
export interface Whole {
  kind: "found";
  records: readonly TimelineRecord[];
  unproved?: Place | undefined;
}

/** Begins a reading after an id. */
export function after(id: EventId, unproved?: Place): ReadFrom {
  return { kind: "after", id, unproved };
}

/** Reads page after page as the hub does, up to the end of what was asked for. */
export async function readAll(
  history: History,
  channels: readonly string[],
  from: ReadFrom,
  upTo: EventId = END,
  limits: ReadLimits = NO_LIMITS,
): Promise<Whole | Gone | Unknown> {
  const records: TimelineRecord[] = [];
  let next = from;
  let unproved = from.kind === "after" ? from.unproved : undefined;
  while (true) {
    const answer = await history.read({ channels, from: next, upTo }, limits);
    if (answer.kind !== "found") return answer;
    records.push(...answer.records);
    unproved = answer.unproved ?? unproved;
    if (answer.isComplete) return { kind: "found", records, unproved };
    next = after(answer.records.at(-1)!.id, unproved);
  }
}

/** Reads so many events at most, of any size; nothing where they are not all there were. Notes are left out. */
export async function readEvents(
  history: History,
  channels: readonly string[],
  from: EventId | ReadFrom,
  upTo: EventId = END,
  maxEvents = 100_000,
): Promise<readonly ChannelEvent[] | undefined> {
  const answer = await history.read(
    { channels, upTo, from: typeof from === "string" ? after(from) : from },
    { maxEvents, maxLength: Infinity },
  );
  return answer.kind === "found" ? eventsOf(answer.records) : undefined;
}

/** Reads all events that are held. */
export async function heldEvents(
  history: History,
  channels: readonly string[],
): Promise<readonly ChannelEvent[]> {
  return (await readEvents(history, channels, EARLIEST))!;
}

/** The place after which nothing of a channel was let go. */
export async function floorOf(
  history: History,
  channel: string,
): Promise<Place> {
  const answer = await readAll(history, [channel], EARLIEST);
  return answer.kind === "found" && answer.unproved || ORIGIN;
}

/** Reads the newest events of each channel, of any size. */
export async function latestEvents(
  history: History,
  channels: readonly string[],
  upTo: EventId = END,
  count = 1,
): Promise<readonly ChannelEvent[]> {
  const { events } = await history.latest(
    { channels, upTo, count, after: ORIGIN },
    NO_LIMITS,
  );
  return events;
}

/** The events among records. */
export function eventsOf(records: readonly TimelineRecord[]): ChannelEvent[] {
  return records.filter((record): record is ChannelEvent => !isNote(record));
}

/** The later one of two places. */
export function later(a: EventId, b: EventId): EventId {
  return compareEventIds(a, b) > 0 ? a : b;
}
