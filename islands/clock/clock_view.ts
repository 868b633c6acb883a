import type { ConnectionView } from "../page/connection.ts";
import type { ServerClock } from "./server_clock.ts";

/** A tick of the last minute. */
export interface SeenTick {
  /** The tick's second, in ms since the epoch. */
  ms: number;
  /** How long after its second it arrived; undefined where that says nothing, as for a tick that came back. */
  lateMs: number | undefined;
}

/** All that the island shows: plain data, so that both sides render the same from it. */
export interface ClockView extends ConnectionView {
  zone: string;
  /** The time as the server wrote it: `2026-11-22 05:30:20`. */
  time: string;
  /** The second that `time` stands for, in ms since the epoch. */
  ms: number;
  /** Ticks received, those that came back included. */
  events: number;
  lastId: string;
  /** The last minute's ticks, oldest first. */
  ticks: readonly SeenTick[];
  /** What lateness is measured against; undefined until the server was asked. */
  clock: ServerClock | undefined;
}

/** The view that a page starts from. */
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
  };
}

/** The title of a page that shows this zone's time. */
export function pageTitle(zone: string): string {
  return `Time in ${zone} · Chime`;
}

/**
 * The clock's stream, as a path.
 *
 * @param zone The zone to tell the time in; the server's own where absent.
 */
export function streamPath(zone?: string): string {
  if (!zone) return "/sse/";
  // A query may hold a slash, and is easier to read with it.
  return `/sse/?tz=${encodeURIComponent(zone).replaceAll("%2F", "/")}`;
}
