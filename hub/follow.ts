import type { Hub } from "./hub.ts";
import type { Journal } from "../journal/journal.ts";

/** Brings what the journal's tail brings into the hub, until the journal is closed. */
export async function follow(journal: Journal, hub: Hub): Promise<void> {
  let isFirst = true;
  for await (const { events, last, isReset } of journal.tail()) {
    if (isFirst) await hub.begin(last);
    else if (isReset) await hub.reset(last);
    else await hub.append(events, last);
    isFirst = false;
  }
}
