import { parseDuration } from "../events/duration.ts";
import { isEventId } from "../events/event_id.ts";
import { HEARTBEAT_RULE, readHeartbeat } from "../events/heartbeat.ts";
import { InputError } from "../events/input_error.ts";
import { type DeliverFrom, type Fresh, NEW } from "../hub/deliver_from.ts";
import type { Format } from "../hub/format.ts";
import type { StreamOptions } from "../hub/stream_options.ts";
import type { Target } from "./target.ts";

/** The largest `latest`: how many of each channel's newest events a stream can begin with. */
export const MAX_LATEST = 1_000;

/** An id that an event stream can carry as any client would send it back. */
const WRITABLE = /^[!-~]+$/;

/** What a request for a stream asks for, besides its channels or its zone. */
export interface StreamQuery {
  readonly from: DeliverFrom;
  readonly options: StreamOptions;
}

/**
 * Reads what a request for a stream asks for. Parameters that are not known here are ignored.
 *
 * @param heartbeatS The interval of heartbeats where the request names none, in s.
 * @throws {InputError} for a value that breaks its rule.
 */
export function readStreamQuery(
  request: Request,
  { query }: Target,
  heartbeatS: number,
): StreamQuery {
  const isRaw = readSwitch(query, "raw", false);
  const lastEventId = readLastEventId(request, query);
  return {
    from: readDeliverFrom(request, query),
    options: {
      hasStatus: readSwitch(query, "status", true) && !isRaw,
      heartbeatS: readInterval(query) ?? heartbeatS,
      format: readFormat(query),
      lastEventId: WRITABLE.test(lastEventId) ? lastEventId : undefined,
    },
  };
}

/** Reads the last id that a client has by itself; empty where it has none. */
function readLastEventId(request: Request, query: URLSearchParams): string {
  return request.headers.get("last-event-id") ||
    query.get("lastEventId") ||
    query.get("last_event_id") ||
    "";
}

/**
 * Reads where the stream begins: after the last id that the client has by itself, else after `since` in the query. Each can
 * also be `earliest`, `latest`, or a duration back such as `90s`, `5m`, `2h` or `1d`.
 *
 * @throws {InputError} for a `since` that is none of these. Clients send the others by themselves, perhaps with an id of
 * another server: they lead to a reset.
 */
export function readDeliverFrom(
  request: Request,
  query: URLSearchParams,
): DeliverFrom {
  const since = readSince(query);
  const afterReset = readFresh(query.get("latest"), since);
  const text = readLastEventId(request, query) || since;
  if (!text) return afterReset;
  if (text === "latest") return readFresh(query.get("latest"), text);
  if (text === "earliest") return { kind: "earliest", afterReset };
  if (isEventId(text)) return { kind: "after", id: text, afterReset };
  const backMs = parseDuration(text);
  return backMs === undefined
    ? { kind: "unknown", afterReset }
    : { kind: "since", ms: Math.max(0, Date.now() - backMs) };
}

/**
 * @param text The parameter `latest`.
 * @param since The parameter `since`, which may be `latest`, too.
 * @throws {InputError} if `latest` is not a whole number from 1 to {@linkcode MAX_LATEST}.
 */
function readFresh(text: string | null, since: string | undefined): Fresh {
  if (text === null) {
    return since === "latest" ? { kind: "latest", count: 1 } : NEW;
  }
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MAX_LATEST) return { kind: "latest", count };
  throw new InputError(
    `Cannot use latest ${
      JSON.stringify(text)
    }: it must be a whole number from 1 to ${MAX_LATEST}`,
  );
}

/** Where a stream can begin, besides ids and durations. */
const WORDS: readonly string[] = ["earliest", "latest"];

/** Reads and checks `since`, also if it does not count because another parameter comes first. It may be empty. */
function readSince(query: URLSearchParams): string | undefined {
  const [text, ...others] = query.getAll("since");
  if (others.length > 0) {
    throw new InputError("Cannot begin at several since: it must be one");
  }
  const isKnown = !text || WORDS.includes(text) || isEventId(text) ||
    parseDuration(text) !== undefined;
  if (isKnown) return text;
  throw new InputError(
    `Cannot begin since ${
      JSON.stringify(text)
    }: it must be an id, earliest, latest, or a duration such as 90s, 5m, 2h or 1d`,
  );
}

/** Whether a request for a stream is for what is held alone, see `pollChannels`. */
export function isPoll({ query }: Target): boolean {
  return readSwitch(query, "poll", false);
}

/** @throws {InputError} if the parameter is there, and neither `0` nor `1`. */
function readSwitch(
  query: URLSearchParams,
  name: string,
  byDefault: boolean,
): boolean {
  const text = query.get(name);
  if (text === null) return byDefault;
  if (text === "0" || text === "1") return text === "1";
  throw new InputError(
    `Cannot use ${name} ${JSON.stringify(text)}: it must be 0 or 1`,
  );
}

/** @throws {InputError} if `heartbeat` is there, and {@linkcode readHeartbeat} does not take it. */
function readInterval(query: URLSearchParams): number | undefined {
  const text = query.get("heartbeat");
  if (text === null) return undefined;
  const seconds = readHeartbeat(text);
  if (seconds !== undefined) return seconds;
  throw new InputError(
    `Cannot use heartbeat ${JSON.stringify(text)}: it ${HEARTBEAT_RULE}`,
  );
}

/**
 * Reads in what form events are written. As JSON they name their channel in their data alone, so `flat` changes nothing
 * there.
 *
 * @throws {InputError} if `flat` is there, and neither `0` nor `1`, or if `format` is there, and not `json`.
 */
function readFormat(query: URLSearchParams): Format {
  const isFlat = readSwitch(query, "flat", false);
  const text = query.get("format");
  if (text === null) return isFlat ? "flat" : "named";
  if (text === "json") return "json";
  throw new InputError(
    `Cannot use format ${JSON.stringify(text)}: it must be json`,
  );
}
