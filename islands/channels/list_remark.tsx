import { plural } from "../page/plural.ts";
import type { EventLog } from "./event_log.ts";
import { ownZone } from "./local_time.tsx";

/** The remarks below the list: the number of events, unless none came and more may be kept, and the zone of the times. */
export function ListRemark(
  { log, isLive }: { log: EventLog; isLive: boolean },
) {
  const received = log.events + log.older;
  const isKnown = received > 0 || isLive;
  return (
    <>
      <p class="remark">
        {isKnown && `${plural(received, "event")} received`}
        {received > log.kept
          ? `, the last ${log.kept} of them kept here`
          : log.hasOldest
          ? ". The server kept none before the first of them"
          : log.isFull && ". Any older ones are not shown: the list is full"}
      </p>
      {log.rows > 0 && (
        <p class="remark">
          Times are those of this browser’s zone, {ownZone()}
        </p>
      )}
    </>
  );
}
