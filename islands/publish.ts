import { checkChannel } from "../channels/message.ts";
import { channelPath } from "./channel_names.ts";
import { plural } from "./connection.ts";

/** What somebody fills in. */
export interface Draft {
  channel: string;
  /** May be empty. */
  type: string;
  data: string;
  token: string;
}

/** What became of it, in a sentence. */
export interface Outcome {
  text: string;
  /** What is wrong, if anything: the token, or else. */
  fault: "token" | "other" | undefined;
}

/** Publishes. The token goes into a header, which nobody logs, and nowhere else. */
export async function publish(
  { channel, type, data, token }: Draft,
): Promise<Outcome> {
  // What no header can carry would be refused by fetch(), and look as if the server were away.
  if (/[^!-~]/.test(token)) {
    return {
      text: "Cannot publish: a token is of ASCII, without spaces",
      fault: "token",
    };
  }
  const fault = channelFault(channel);
  if (fault) return { text: fault, fault: "other" };
  const query = type ? `?${new URLSearchParams({ event: type })}` : "";
  const path = channelPath(encodeURIComponent(channel)) + query;
  try {
    const response = await fetch(path, {
      method: "POST",
      headers: token ? { authorization: `Bearer ${token}` } : {},
      body: data,
    });
    const answer = await response.json();
    if (response.ok) {
      const to = plural(answer.clients, "client");
      return { text: `Published as ${answer.id} to ${to}`, fault: undefined };
    }
    return {
      text: answer.detail,
      fault: response.status === 401 ? "token" : "other",
    };
  } catch {
    return {
      text: "Cannot publish: the server does not answer",
      fault: "other",
    };
  }
}

/** What is wrong with a name, in the server's words: it would say of some that they are no path. */
function channelFault(name: string): string | undefined {
  try {
    checkChannel(name);
    return undefined;
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
}
