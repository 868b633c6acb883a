/**
 * An event's id: `<unix ms>-<n>`, the shape of Redis stream ids. Ids rise through a whole timeline; clients treat them
 * as opaque.
 */
export type EventId = `${number}-${number}`;

/** Before every event there can be. */
export const ORIGIN: EventId = "0-0";

const SHAPE = /^(\d{1,16})-(\d{1,16})$/;

/** Whether the text is an id, as a client may have made it up. */
export function isEventId(text: string): text is EventId {
  const match = SHAPE.exec(text);
  return match !== null && Number.isSafeInteger(Number(match[1])) &&
    Number.isSafeInteger(Number(match[2]));
}

/** The moment in an id, in ms since the epoch. */
export function eventIdMs(id: EventId): number {
  return Number(id.slice(0, id.indexOf("-")));
}

/** Which of a moment's events an id belongs to. */
export function eventIdN(id: EventId): number {
  return Number(id.slice(id.indexOf("-") + 1));
}

/** Below zero where `a` comes before `b`, zero where they are the same, else above zero. */
export function compareEventIds(a: EventId, b: EventId): number {
  if (a === b) return 0;
  return eventIdMs(a) - eventIdMs(b) || eventIdN(a) - eventIdN(b);
}

/** The id that comes behind another, made of the present time unless that lies before it. */
export function nextEventId(last: EventId): EventId {
  const now = Date.now();
  const ms = eventIdMs(last);
  return now > ms ? `${now}-0` : `${ms}-${eventIdN(last) + 1}`;
}
