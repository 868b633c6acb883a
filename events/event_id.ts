/** A place in a timeline: `<unix ms>-<n>`, as in Redis streams. Places rise through a whole timeline. */
export type Place = `${number}-${number}`;

/**
 * An event's id: its place, and the epoch that gave it out. The epoch says which life of a store that was, so that an id
 * of another timeline is never taken for one of this. Clients treat ids as opaque. The clock's ids, and those of journals
 * that were written before there were epochs, have none.
 */
export type EventId = Place | `${Place}.${string}`;

/** The place before all events. */
export const ORIGIN: Place = "0-0";

const SHAPE = /^(\d{1,16})-(\d{1,16})(?:\.[0-9A-Za-z]{6})?$/;

/** Whether a text, such as one from a client, is an id. */
export function isEventId(text: string): text is EventId {
  const match = SHAPE.exec(text);
  return match !== null && Number.isSafeInteger(Number(match[1])) &&
    Number.isSafeInteger(Number(match[2]));
}

/** Makes an id of a place and an epoch, which is empty for ids without one. */
export function eventId(place: Place, epoch: string): EventId {
  return epoch === "" ? place : `${place}.${epoch}`;
}

/** The place in an id. */
export function placeOf(id: EventId): Place {
  const dot = id.indexOf(".");
  return (dot < 0 ? id : id.slice(0, dot)) as Place;
}

/** The epoch in an id, empty where it has none. */
export function epochOf(id: EventId): string {
  const dot = id.indexOf(".");
  return dot < 0 ? "" : id.slice(dot + 1);
}

/** The time in an id, in ms since 1970. */
export function eventIdMs(id: EventId): number {
  return Number(id.slice(0, id.indexOf("-")));
}

/** The number in an id, which orders the events of the same ms. */
export function eventIdN(id: EventId): number {
  return Number(placeOf(id).slice(id.indexOf("-") + 1));
}

/**
 * Compares the places of two ids: below 0 if `a` is before `b`, 0 if they are the same, above 0 if `a` is after `b`.
 * Epochs do not count.
 */
export function compareEventIds(a: EventId, b: EventId): number {
  if (a === b) return 0;
  return eventIdMs(a) - eventIdMs(b) || eventIdN(a) - eventIdN(b);
}

/**
 * Makes the next place after another: of the current time, unless the clock was set back.
 *
 * @param now The current time, in ms since 1970.
 */
export function nextPlace(last: EventId, now: number = Date.now()): Place {
  const ms = eventIdMs(last);
  return now > ms ? `${now}-0` : `${ms}-${eventIdN(last) + 1}`;
}

/** The last place before an id's. */
export function placeBefore(id: EventId): Place {
  const ms = eventIdMs(id);
  const n = eventIdN(id);
  return n > 0 ? `${ms}-${n - 1}` : `${ms - 1}-${Number.MAX_SAFE_INTEGER}`;
}
