import type { ConnectionView } from "../page/connection.ts";
import type { ServerClock } from "./server_clock.ts";

/** A received tick of the last minute. */
export interface SeenTick {
  /** The tick's second, in ms since the epoch. */
  ms: number;
  /** How long after its second it arrived, in ms. Undefined if that says nothing, as for a replayed tick. */
  lateMs: number | undefined;
}

/** Everything that the island shows, as plain data. */
export interface ClockView extends ConnectionView {
  zone: string;
  /** The time as the server wrote it: `2026-11-22 05:30:20`. */
  time: string;
  /** The second that `time` stands for, in ms since the epoch. */
  ms: number;
  /** Ticks received, including replayed ones. */
  events: number;
  lastId: string;
  /** The ticks of the last minute, oldest first. */
  ticks: readonly SeenTick[];
  /** The clock to measure lateness against. Undefined until it is measured. */
  clock: ServerClock | undefined;
  /** The greatest error of that clock at the last tick, in ms. Undefined if it is not known. */
  errorMs: number | undefined;
}

/** The view of a page that was just loaded. */
export function loadedView(zone: string, time: string, ms: number): ClockView {
  return {
    connection: "loaded",
    note: "",
    zone,
    time,
    ms,
    events: 0,
    lastId: "",
    ticks: [],
    clock: undefined,
    errorMs: undefined,
  };
}

/** The title of a page that shows this zone's time. */
export function pageTitle(zone: string): string {
  return `Time in ${zone} · Chime`;
}

/**
 * The URL of the clock's stream, from the page's.
 *
 * @param zone The zone of the time; the server's by default.
 */
export function streamPath(zone?: string): string {
  if (!zone) return "sse/";
  // A query may hold a slash, which is easier to read than %2F.
  return `sse/?tz=${encodeURIComponent(zone).replaceAll("%2F", "/")}`;
}
