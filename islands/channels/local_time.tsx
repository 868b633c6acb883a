import { todaysName } from "../../clock/zone_names.ts";
import { utcOffset } from "../page/utc_offset.ts";

/**
 * A time in the reader's own zone, such as `05:30:20`, with the date if that is not today.
 *
 * @param props.ms The time, in ms since the epoch. NaN is shown as a dash.
 * @param props.isPrecise Whether to show milliseconds.
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
      title={fullLocalTime(ms)}
    >
      {localText(Date.now()).startsWith(date) ? shown : `${date} ${shown}`}
    </time>
  );
}

/** A time in the reader's own zone, such as `2026-11-22 05:30:20.123 UTC+01:00`. */
export function fullLocalTime(ms: number): string {
  return `${localText(ms)} UTC${utcOffset(-new Date(ms).getTimezoneOffset())}`;
}

/** The time until midnight in the reader's zone, in ms. */
export function untilMidnightMs(): number {
  const now = new Date();
  return new Date(now).setHours(24, 0, 0, 0) - now.getTime();
}

/** The name of the reader's own zone, such as `Europe/Paris`. */
export function ownZone(): string {
  return todaysName(new Intl.DateTimeFormat().resolvedOptions().timeZone);
}

/** Formats a time as `2026-11-22 05:30:20.123`. Returns an empty string for an invalid one. */
function localText(ms: number): string {
  const shifted = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return Number.isNaN(shifted.getTime())
    ? ""
    : shifted.toISOString().slice(0, -1).replace("T", " ");
}
