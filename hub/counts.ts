import type { Status } from "../events/frame.ts";
import type { Refused } from "./refused.ts";

/** What a hub has written to its streams. Plain data, so that it can be sent to another thread. */
export interface Sent {
  /** Each event counts once for every stream that it was written to. */
  events: number;
  /** All bytes, also those of status events and of the comments that keep idle streams open. */
  bytes: number;
  /** Status events, by their state. */
  readonly statuses: Record<Status["state"], number>;
}

/** The counts of a hub that has written nothing yet. */
export function nothingSent(): Sent {
  return {
    events: 0,
    bytes: 0,
    statuses: {
      live: 0,
      resumed: 0,
      reset: 0,
      lagged: 0,
      draining: 0,
      overloaded: 0,
      expired: 0,
    },
  };
}

/** Counts of one hub. */
export interface HubCounts {
  /** How many streams are open now. */
  streams: number;
  sent: Sent;
}

/** Counts of one instance since it started. Plain data, so that it can be sent to another thread. */
export interface Counts {
  clock: HubCounts;
  channels: HubCounts;
  /** Messages that the journal took. */
  messages: number;
  /** Answers, by method, route and status, as in `GET /sse/* 200`. */
  answers: Record<string, number>;
  /** Connections, requests and streams that were refused. */
  refused: Refused;
  /** Failures that cost a stream, a tick or an event. */
  faults: number;
}

/** Numbers that can be added up, at any depth. */
type Sums = { [name: string]: number | Sums };

/** Adds up the counts of several instances. */
export function addCounts(counts: readonly Counts[]): Counts {
  const sum: Sums = {};
  for (const one of counts) add(sum, one as unknown as Sums);
  return sum as unknown as Counts;
}

function add(to: Sums, from: Sums): void {
  for (const [name, value] of Object.entries(from)) {
    if (typeof value === "number") to[name] = (to[name] as number ?? 0) + value;
    else add((to[name] ??= {}) as Sums, value);
  }
}

/** The counts of a thread that has ended. */
export function withoutStreams(counts: Counts): Counts {
  return {
    ...counts,
    clock: { ...counts.clock, streams: 0 },
    channels: { ...counts.channels, streams: 0 },
  };
}
