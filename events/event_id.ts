/**
 * An event's id: `<unix ms>-<n>`, as in Redis streams. Ids rise through a whole timeline. Clients treat them as opaque.
 */
export type EventId = `${number}-${number}`;

/** The id before all events. */
export const ORIGIN: EventId = "0-0";

const SHAPE = /^(\d{1,16})-(\d{1,16})$/;

/** Whether a text, such as one from a client, is an id. */
export function isEventId(text: string): text is EventId {
  const match = SHAPE.exec(text);
  return match !== null && Number.isSafeInteger(Number(match[1])) &&
    Number.isSafeInteger(Number(match[2]));
}

/** The time in an id, in ms since the epoch. */
export function eventIdMs(id: EventId): number {
  return Number(id.slice(0, id.indexOf("-")));
}

/** The number in an id, which orders the events of the same ms. */
export function eventIdN(id: EventId): number {
  return Number(id.slice(id.indexOf("-") + 1));
}

/** Compares two ids: below 0 if `a` is before `b`, 0 if they are equal, above 0 if `a` is after `b`. */
export function compareEventIds(a: EventId, b: EventId): number {
  if (a === b) return 0;
  return eventIdMs(a) - eventIdMs(b) || eventIdN(a) - eventIdN(b);
}

/** Makes the next id after another: of the current time, unless the clock was set back. */
export function nextEventId(last: EventId): EventId {
  const now = Date.now();
  const ms = eventIdMs(last);
  return now > ms ? `${now}-0` : `${ms}-${eventIdN(last) + 1}`;
}
