import type { TailBatch } from "../journal/journal.ts";
import type { Hub } from "./hub.ts";

/** Has a hub take in what a journal's tail brings, until the journal is closed. */
export async function follow(
  hub: Hub,
  tail: AsyncIterable<TailBatch>,
): Promise<void> {
  let isFirst = true;
  for await (const { records, last, gap } of tail) {
    if (isFirst) await hub.begin(last);
    else if (gap === "reset") await hub.reset(last);
    else if (gap === "skip") await hub.skip(last);
    else await hub.append(records, last);
    isFirst = false;
  }
}
