import { parseDuration } from "../events/duration.ts";
import { isEventId } from "../events/event_id.ts";
import { InputError } from "../events/input_error.ts";
import { type DeliverFrom, type Fresh, NEW } from "../hub/deliver_from.ts";
import type { Sink } from "../hub/sink.ts";
import type { Client } from "./client.ts";
import { StreamSink } from "./stream_sink.ts";
import type { Target } from "./target.ts";

/** The largest `latest`: how many of each channel's newest events a stream can begin with. */
const MAX_LATEST = 1_000;

/** Makes the response of a stream. */
export function streamResponse(body: BodyInit | null): Response {
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-cache",
      // Without it, nginx buffers events.
      "x-accel-buffering": "no",
    },
  });
}

/**
 * Answers with a stream.
 *
 * @param open Has a hub write to the sink.
 */
export function openStream(
  client: Client,
  open: (sink: Sink) => void,
): Response {
  const sink = client.makeSink?.() ?? new StreamSink();
  open(sink);
  return streamResponse(sink.body);
}

/**
 * Reads where the stream begins: after the id in the header `Last-Event-ID`, else in `lastEventId`, `last_event_id` or
 * `since` in the query. Each can also be `earliest`, or a duration back such as `90s`, `5m`, `2h` or `1d`.
 *
 * @throws {InputError} for a `since` that is none of these. Clients send the others by themselves, perhaps with an id of
 * another server: they lead to a reset.
 */
export function readDeliverFrom(
  request: Request,
  { query }: Target,
): DeliverFrom {
  const afterReset = readFresh(query.get("latest"));
  const since = readSince(query);
  const text = request.headers.get("last-event-id") ||
    query.get("lastEventId") ||
    query.get("last_event_id") ||
    since;
  if (!text) return afterReset;
  if (text === "earliest") return { kind: "earliest", afterReset };
  if (isEventId(text)) return { kind: "after", id: text, afterReset };
  const backMs = parseDuration(text);
  return backMs === undefined
    ? { kind: "unknown", afterReset }
    : { kind: "since", ms: Math.max(0, Date.now() - backMs) };
}

/** @throws {InputError} if `latest` is not a whole number from 1 to {@linkcode MAX_LATEST}. */
function readFresh(text: string | null): Fresh {
  if (text === null) return NEW;
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MAX_LATEST) return { kind: "latest", count };
  throw new InputError(
    `Cannot use latest ${
      JSON.stringify(text)
    }: it must be a whole number from 1 to ${MAX_LATEST}`,
  );
}

/** Reads and checks `since`, also if it does not count because another parameter comes first. It may be empty. */
function readSince(query: URLSearchParams): string | undefined {
  const [text, ...others] = query.getAll("since");
  if (others.length > 0) {
    throw new InputError("Cannot begin at several since: it must be one");
  }
  const isKnown = !text || text === "earliest" || isEventId(text) ||
    parseDuration(text) !== undefined;
  if (isKnown) return text;
  throw new InputError(
    `Cannot begin since ${
      JSON.stringify(text)
    }: it must be an id, earliest, or a duration such as 90s, 5m, 2h or 1d`,
  );
}
