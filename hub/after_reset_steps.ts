import {
  epochOf,
  type EventId,
  eventId,
  placeBefore,
} from "../events/event_id.ts";
import { type Write, writeStatus } from "./step.ts";
import type { Steps } from "./steps.ts";

/**
 * Says that what was missed cannot be known, before the first events that are held. The status has the place before
 * these, so that a client that is cut right after it still gets them.
 *
 * @param steps Bring the events.
 */
export async function* afterResetSteps(steps: Steps): Steps {
  while (true) {
    const { done, value } = await steps.next();
    if (done) {
      // Where they cannot be read after all, a second reset follows.
      yield "cursor" in value
        ? sayReset(value.lastWrite, value.cursor.id)
        : sayReset(undefined, value.end.id);
      return value;
    }
    if ("bytes" in value) {
      yield sayReset(value);
      yield value;
      return yield* steps;
    }
    yield value;
  }
}

/** @param end The place where there are no events. */
function sayReset(events: Write | undefined, end?: EventId): Write {
  const { first } = events ?? {};
  const place = first ? eventId(placeBefore(first), epochOf(first)) : end;
  return writeStatus({ state: "reset" }, place);
}
