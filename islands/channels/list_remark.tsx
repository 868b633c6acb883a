import { plural } from "../page/connection.ts";
import { type EventLog, MAX_ROWS } from "./event_log.ts";
import { ownZone } from "./local_time.tsx";

/** The remarks below the list: the number of events, and the zone of the times. */
export function ListRemark({ log }: { log: EventLog }) {
  const received = log.events + log.older;
  return (
    <>
      <p class="remark">
        {plural(received, "event")} received
        {received > log.rows && `, the last ${MAX_ROWS} of them kept here`}
      </p>
      {log.rows > 0 && (
        <p class="remark">
          Times are those of this browser’s zone, {ownZone()}
        </p>
      )}
    </>
  );
}
