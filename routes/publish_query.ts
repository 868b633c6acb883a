import { checkChannel } from "../events/channel_name.ts";
import { InputError } from "../events/input_error.ts";
import { checkType } from "../events/message.ts";
import { namesChannels, readChannels } from "./read_channels.ts";
import type { Target } from "./target.ts";

/** What a publish says in its path and its query. */
export interface PublishQuery {
  /** Where messages go that name no channel themselves; perhaps nowhere. */
  readonly channels: readonly string[];
  /** The type of messages that have none themselves. */
  readonly type: string | undefined;
  /** Whether each line of the body is the data of a message. */
  readonly isJsonLines: boolean;
}

const PARAMETERS = new Set(["channel", "event", "type", "lines"]);

/**
 * Reads the path and the query of a publish.
 *
 * @throws {InputError} for what breaks its rule, and for any other parameter, which would otherwise be ignored silently.
 */
export function readPublishQuery(target: Target): PublishQuery {
  const { query } = target;
  for (const name of query.keys()) {
    if (PARAMETERS.has(name)) continue;
    throw new InputError(
      `Cannot publish with the parameter ${
        JSON.stringify(name)
      }: it must be event, type, channel or lines`,
    );
  }
  return {
    channels: namesChannels(target) ? readNames(target) : [],
    type: readType(query),
    isJsonLines: readLines(query),
  };
}

function readNames(target: Target): string[] {
  const channels = readChannels(target);
  const seen = new Set<string>();
  for (const channel of channels) {
    // A stream takes patterns, too.
    checkChannel(channel);
    if (seen.has(channel)) {
      throw new InputError(
        `Cannot publish to ${JSON.stringify(channel)} twice at once`,
      );
    }
    seen.add(channel);
  }
  return channels;
}

function readType(query: URLSearchParams): string | undefined {
  const [type, ...others] = [...query.getAll("event"), ...query.getAll("type")];
  if (others.length > 0) {
    throw new InputError(
      "Cannot publish with several event parameters: a message has one type",
    );
  }
  if (type !== undefined) checkType(type);
  return type;
}

function readLines(query: URLSearchParams): boolean {
  const [lines, ...others] = query.getAll("lines");
  if (lines === undefined) return false;
  if (lines === "json" && others.length === 0) return true;
  throw new InputError(
    `Cannot use lines ${JSON.stringify(lines)}: it must be json, once`,
  );
}
