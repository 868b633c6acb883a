import { parseDuration } from "./duration.ts";

/** The intervals of comments that keep idle streams open, in s: few, so that one timer serves all streams. */
export const HEARTBEATS_S = [2, 4, 8, 15, 30, 60] as const;

/** What {@linkcode readHeartbeat} takes, as errors say it. */
export const HEARTBEAT_RULE = "must be a time from 2s to 60s, such as 8s";

/**
 * Reads the interval of a stream's heartbeats, such as `8s` or `1m`.
 *
 * @returns It in s, rounded down to one of {@linkcode HEARTBEATS_S}; nothing for any other text, and for less than 2 s or
 * more than 60 s.
 */
export function readHeartbeat(text: string): number | undefined {
  const seconds = (parseDuration(text) ?? 0) / 1_000;
  return seconds > HEARTBEATS_S.at(-1)!
    ? undefined
    : HEARTBEATS_S.findLast((interval) => interval <= seconds);
}
