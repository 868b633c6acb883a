import { InputError } from "../../events/input_error.ts";
import { checkChannel } from "../../events/channel_name.ts";
import { checkType } from "../../events/message.ts";
import { channelPath } from "./channel_names.ts";
import { plural } from "../page/plural.ts";

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

/** A field of the form. */
type Field = keyof Draft;

/** What is known of the outcome. */
export interface Outcome {
  /** A sentence for the reader, without its full stop. */
  text: string;
  /** The field at fault, else `other`. Undefined if the event is published. */
  fault: Field | "other" | undefined;
}

/**
 * Publishes an event, and waits at most 15 s for the answer. The token is sent in a header, which is not logged, and
 * nowhere else.
 *
 * @returns The outcome, also if no answer came.
 */
export async function publish(draft: Draft): Promise<Outcome> {
  const { channel, type, data, token } = {
    ...draft,
    channel: draft.channel.trim(),
  };
  const fault = faultOf({ channel, type, data, token });
  if (fault) return fault;
  const query = type ? `?${new URLSearchParams({ event: type })}` : "";
  const path = channelPath(channel) + query;
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: token ? { authorization: `Bearer ${token}` } : {},
      body: data,
      // Chime redirects no publish. A login page on another server could not be read, and would look like no answer.
      redirect: "manual",
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
const REFUSED = "The event was probably not published";

/** Finds faults before the request is sent: some that the server would refuse, and what no request can carry. */
function faultOf({ channel, type, data, token }: Draft): Outcome | undefined {
  const checks: [fault: Field, check: () => void][] = [
    ["channel", () => checkChannel(channel)],
    ["type", () => type && checkType(type)],
    ["token", () => checkToken(token)],
    ["data", () => checkData(data)],
  ];
  for (const [fault, check] of checks) {
    try {
      check();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { text: error.message, fault };
    }
  }
  return undefined;
}

function checkToken(token: string): void {
  if (/[^!-~]/.test(token)) {
    throw new InputError("A token has no spaces and only ASCII characters");
  }
}

/** `fetch` would send U+FFFD in place of a lone surrogate. */
function checkData(data: string): void {
  if (!data.isWellFormed()) {
    throw new InputError(
      "Cannot publish: the data holds half of a character (a lone surrogate)",
    );
  }
}

/** What Chime says about the token to programs, in words for the form. */
function tokenFault(challenge: string | null): string | undefined {
  if (!challenge?.includes('realm="chime"')) return undefined;
  return challenge.includes("invalid_token")
    ? "This is not the right token"
    : "Type the token that Chime was started with, or printed at start";
}

/** Reads an answer. Chime's are JSON of two kinds. Others come from a proxy, a gateway or a login page in between. */
function read(
  { status, statusText, headers, type }: Response,
  body: string,
): Outcome {
  if (type === "opaqueredirect") {
    return other(
      "The answer is a redirect, and not from Chime: a proxy in between may have sent it, such as one that " +
        `wants you to log in. ${REFUSED}`,
    );
  }
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
    status >= 400 && isProblem && typeof answer?.detail === "string" &&
    answer.detail.trim()
  ) {
    if (status !== 401) return other(answer.detail);
    const text = tokenFault(headers.get("www-authenticate")) ?? answer.detail;
    return { text, fault: "token" };
  }
  // A proxy does not forward what it refuses. Its other answers say nothing about the server.
  const isRefused = status >= 400 && status < 500 && status !== 408;
  return other(
    `The answer is ${`${status} ${statusText}`.trim()}, and not from Chime: ` +
      `a proxy in between may have sent it. ${isRefused ? REFUSED : UNKNOWN}`,
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
