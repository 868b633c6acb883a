import { type EventId, eventIdMs } from "../events/event_id.ts";
import { log } from "../log/log.ts";
import type { TailBatch } from "./journal.ts";

/** By how much an id may be ahead without a word, in ms: clocks of several machines differ by less. */
const TOLERANCE_MS = 1_000;

/** How long nothing more is logged, in ms. */
const QUIET_MS = 60_000;

/** By how much an id is ahead of the clock, in ms. 0 where it is not. */
export function aheadMs(id: EventId): number {
  return Math.max(0, eventIdMs(id) - Date.now());
}

/** Brings a tail's batches, and logs where their ids are ahead of the clock: one clock is wrong, or was. */
export async function* notingAhead(
  tail: AsyncIterable<TailBatch>,
): AsyncGenerator<TailBatch> {
  let loggedMs = -Infinity;
  for await (const batch of tail) {
    const ms = aheadMs(batch.last);
    if (ms > TOLERANCE_MS && performance.now() - loggedMs >= QUIET_MS) {
      loggedMs = performance.now();
      log.warn("the ids of events are ahead of the clock: it is or was wrong", {
        aheadMs: ms,
      });
    }
    yield batch;
  }
}
