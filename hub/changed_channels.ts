import type { EventId } from "../events/event_id.ts";
import {
  type History,
  UnavailableError,
  UnreadableError,
} from "../journal/history.ts";
import type { Registry } from "./registry.ts";

/** How many channels a history is asked about at once. */
const MAX_NAMES = 1_000;

/**
 * Finds the names and patterns in memory whose channels may have had events after a place: all of them where that cannot
 * be asked.
 *
 * @param after The id up to which all events have come here.
 * @param upTo The id at which the tail goes on.
 */
export async function changedChannels(
  registry: Registry,
  history: History,
  after: EventId,
  upTo: EventId,
): Promise<readonly string[]> {
  const { names } = registry;
  const quiet = new Set(names);
  try {
    for (let i = 0; i < names.length; i += MAX_NAMES) {
      const part = names.slice(i, i + MAX_NAMES);
      for (const name of await history.changed(part, after, upTo)) {
        quiet.delete(name);
      }
    }
  } catch (error) {
    const isExpected = error instanceof UnavailableError ||
      error instanceof UnreadableError;
    if (!isExpected) throw error;
    // Each stream then finds out for itself.
    return registry.names;
  }
  // Channels that came meanwhile were not asked about.
  return registry.names.filter((name) => !quiet.has(name));
}
