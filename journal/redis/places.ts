import { type EventId, eventIdMs, eventIdN } from "../../events/event_id.ts";

/** The two numbers of an id's place, as a script takes them. */
export function placeArguments(id: EventId): [ms: string, n: string] {
  return [`${eventIdMs(id)}`, `${eventIdN(id)}`];
}
