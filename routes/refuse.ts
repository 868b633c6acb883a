import { concat } from "@std/bytes/concat";
import { drawRetryMs, encodeRetry, encodeStatus } from "../events/frame.ts";
import { UndecidedError } from "../access/access_error.ts";
import type { Sent } from "../hub/counts.ts";
import type { RefusedReason } from "../hub/refused.ts";
import type { StreamOptions } from "../hub/stream_options.ts";
import type { Handler } from "./handler.ts";
import { HttpError } from "./http_error.ts";
import { noteRefusal } from "./refusal.ts";
import type { Refusal, Services } from "./services.ts";
import { streamResponse } from "./stream.ts";

/** The `Retry-After` of a refused client that is no `EventSource`, in s. */
const RETRY_AFTER_S = 3;

/** A stream that cannot be opened for now. */
export interface RefusedStream {
  /** Counts its status. */
  readonly sent: Sent;
  readonly options: StreamOptions;
  readonly refusal: Refusal;
}

/**
 * Answers a request for a stream that cannot be opened for now.
 *
 * An `EventSource` gives up for good on any status but 200. It gets a stream that says why and how long to wait, and
 * ends. The connection is closed, so that the next one can reach a worker or a server with room.
 *
 * @throws {HttpError | UndecidedError} 503 for any other client.
 */
export function refuseStream(
  request: Request,
  { tally }: Services,
  { sent, options, refusal: { status, reason } }: RefusedStream,
): Response {
  const text = `Cannot open a stream: ${describe(reason, status.state)}`;
  tally.noteRefused(reason);
  if (request.headers.get("accept")?.includes("text/event-stream")) {
    const frames = [encodeRetry(drawRetryMs())];
    if (options.hasStatus) {
      frames.push(encodeStatus(status, options.lastEventId));
      sent.statuses[status.state]++;
    }
    const answer = streamResponse(concat(frames));
    answer.headers.set("connection", "close");
    // What nobody could decide has a line of its own in the log, once a minute.
    if (reason !== "undecided") noteRefusal(answer, text);
    return answer;
  }
  throw reason === "undecided" ? new UndecidedError(text) : unavailable(text);
}

/**
 * Has a handler answer only the clients that are within their limits.
 *
 * @returns A handler that throws an {@linkcode HttpError} 503 for any other client.
 */
export function refuseOthers({ tally }: Services, handler: Handler): Handler {
  return (request, target, client) => {
    if (client.refused === undefined) return handler(request, target, client);
    tally.noteRefused(client.refused);
    throw unavailable(
      `Cannot answer for now: ${describe(client.refused, "overloaded")}`,
    );
  };
}

function describe(reason: RefusedReason, state: string): string {
  return reason === "address"
    ? "too many connections come from the client's address"
    : reason === "undecided"
    ? "nobody can say for now whether it is allowed"
    : `the server is ${state}`;
}

function unavailable(text: string): HttpError {
  return new HttpError(503, text, {
    "retry-after": `${RETRY_AFTER_S}`,
    "connection": "close",
  });
}
