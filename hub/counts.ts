import type { Sent } from "./sent.ts";

/** What is told of a hub. */
export interface HubCounts {
  /** How many streams are open now. */
  streams: number;
  sent: Sent;
}

/** What an instance has done since it began, and what it holds now. Plain data, so that it can be sent to another thread. */
export interface Counts {
  clock: HubCounts;
  channels: HubCounts;
  /** Messages that the journal took. */
  messages: number;
  /** Answers, by method, route and status, as in `GET /sse/* 200`. */
  answers: Record<string, number>;
  /** Failures that cost a stream, a tick or an event. */
  faults: number;
}

/** Numbers that can be added up, whatever their depth. */
type Sums = { [name: string]: number | Sums };

/** Adds up what several instances have done. */
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
