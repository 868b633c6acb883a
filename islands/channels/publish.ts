import { InputError } from "../../events/input_error.ts";
import { checkChannel } from "../../events/message.ts";
import { channelPath } from "./channel_names.ts";
import { plural } from "../page/connection.ts";

/** How long to wait for an answer, in ms. */
const ANSWER_LIMIT_MS = 15_000;

/** The content of the form. */
export interface Draft {
  channel: string;
  /** May be empty. */
  type: string;
  data: string;
  token: string;
}

/** What is known of the outcome. */
export interface Outcome {
  /** A sentence for the reader, without its full stop. */
  text: string;
  /** The field at fault, else `other`. Undefined if the event is published. */
  fault: "channel" | "token" | "other" | undefined;
}

/**
 * Publishes an event, and waits at most 15 s for the answer. The token is sent in a header, which is not logged, and
 * nowhere else.
 *
 * @returns The outcome, also if no answer came.
 */
export async function publish(draft: Draft): Promise<Outcome> {
  const { channel, type, data, token } = draft;
  const fault = faultOf(draft);
  if (fault) return fault;
  const query = type ? `?${new URLSearchParams({ event: type })}` : "";
  const path = channelPath(encodeURIComponent(channel)) + query;
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: token ? { authorization: `Bearer ${token}` } : {},
      body: data,
      signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
    });
    return read(response, await response.text());
  } catch (error) {
    const reason = (error as Error).name === "TimeoutError"
      ? `No answer within ${ANSWER_LIMIT_MS / 1_000} s`
      : "No answer: the server cannot be reached, or the connection was lost";
    return other(`${reason}. ${UNKNOWN}`);
  }
}

const UNKNOWN = "Whether the event was published is not known";

/** Finds faults before the request is sent: some that the server would refuse, and a token that no header can carry. */
function faultOf({ channel, token }: Draft): Outcome | undefined {
  try {
    checkChannel(channel);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { text: error.message, fault: "channel" };
  }
  return /[^!-~]/.test(token)
    ? {
      text: "Cannot publish: a token must be ASCII without spaces",
      fault: "token",
    }
    : undefined;
}

/** Reads an answer. Chime's are JSON of two kinds. Others come from a proxy, a gateway or a login page in between. */
function read(
  { status, statusText, headers }: Response,
  body: string,
): Outcome {
  const answer = jsonIn(body);
  if (
    status === 201 && typeof answer?.id === "string" &&
    typeof answer.clients === "number"
  ) {
    const to = plural(answer.clients, "client");
    return { text: `Published as ${answer.id} to ${to}`, fault: undefined };
  }
  const isProblem = /^application\/problem\+json\b/i
    .test(headers.get("content-type") ?? "");
  if (
    status >= 400 && isProblem && answer?.detail &&
    typeof answer.detail === "string"
  ) {
    return { text: answer.detail, fault: status === 401 ? "token" : "other" };
  }
  // A proxy does not forward what it refuses. Its other answers say nothing about the server.
  const isRefused = status >= 400 && status < 500 && status !== 408;
  return other(
    `The answer is ${`${status} ${statusText}`.trim()}, and not from Chime: ` +
      `a proxy in between may have sent it. ${
        isRefused ? "The event was probably not published" : UNKNOWN
      }`,
  );
}

function jsonIn(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" ? value ?? undefined : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}

function other(text: string): Outcome {
  return { text, fault: "other" };
}
