import { todaysName } from "../../clock/zone_names.ts";
import { utcOffset } from "../page/utc_offset.ts";

/**
 * A moment as the reader's own clock shows it: `05:30:20`, and its date where that is not today.
 *
 * @param props.ms The moment, in ms since the epoch; anything else is shown as a dash.
 * @param props.isPrecise Whether to show ms, too.
 */
export function LocalTime(
  { ms, isPrecise = false }: { ms: number; isPrecise?: boolean },
) {
  const local = localText(ms);
  if (!local) return <>–</>;
  const [date, time] = local.split(" ") as [string, string];
  const shown = isPrecise ? time : time.slice(0, 8);
  return (
    <time
      datetime={new Date(ms).toISOString()}
      title={`${local} UTC${utcOffset(-new Date(ms).getTimezoneOffset())}`}
    >
      {localText(Date.now()).startsWith(date) ? shown : `${date} ${shown}`}
    </time>
  );
}

/** How long it takes until today's times are those of yesterday, in ms. */
export function untilMidnightMs(): number {
  const now = new Date();
  return new Date(now).setHours(24, 0, 0, 0) - now.getTime();
}

/** The reader's own zone, for whoever has to be told whose times these are: `Europe/Paris`. */
export function ownZone(): string {
  return todaysName(new Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** `2026-11-22 05:30:20.123`, or nothing for what is no moment. */
function localText(ms: number): string {
  const shifted = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return Number.isNaN(shifted.getTime())
    ? ""
    : shifted.toISOString().slice(0, -1).replace("T", " ");
}
