import { assertEquals } from "@std/assert";
import type { EventId } from "../../events/event_id.ts";
import type { PollEnd } from "../../hub/poll_lines.ts";

/** A line of a poll. */
export interface PolledEvent {
  readonly channel: string;
  readonly type: string;
  readonly id: EventId;
  readonly data: string;
}

/** What a poll has brought. */
export interface Polled {
  readonly events: readonly PolledEvent[];
  /** The data of the events. */
  readonly data: readonly string[];
  readonly end: PollEnd;
}

/** Reads the answer to a poll. */
export async function readPolled(
  answer: Response | Promise<Response>,
): Promise<Polled> {
  const response = await answer;
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/x-ndjson");
  const text = await response.text();
  assertEquals(text.at(-1), "\n");
  const lines = text.slice(0, -1).split("\n").map((line) => JSON.parse(line));
  const events: PolledEvent[] = lines.slice(0, -1);
  return { events, data: events.map(({ data }) => data), end: lines.at(-1) };
}
