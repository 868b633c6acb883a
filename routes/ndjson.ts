import { InputError } from "../events/input_error.ts";
import { checkType, type Message } from "../events/message.ts";

/** The members of a line. Any other one would be lost without a word. */
const MEMBERS = new Set(["data", "event"]);

/**
 * Reads NDJSON with one message a line: `{"data": "…", "event": "…"}`.
 *
 * @param type The type of messages whose line has no `event`, if any.
 * @throws {InputError} if a line is not such an object. The error's message names the line.
 */
export function readNdjson(
  channel: string,
  type: string | undefined,
  body: string,
): Message[] {
  const lines = body.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, i) => {
    try {
      return readLine(channel, type, line);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(`Cannot publish line ${i + 1}: ${error.message}`);
    }
  });
}

function readLine(
  channel: string,
  type: string | undefined,
  line: string,
): Message {
  const parsed = parse(line);
  const isObject = typeof parsed === "object" && parsed !== null &&
    !Array.isArray(parsed);
  if (!isObject) throw new InputError("a line must be a JSON object");
  const unknown = Object.keys(parsed).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) {
    throw new InputError(
      `no member may be named ${
        JSON.stringify(unknown)
      }: each must be data or event`,
    );
  }
  const { data, event = type } = parsed as Record<string, unknown>;
  if (typeof data !== "string") {
    throw new InputError("data must be a string");
  }
  if (event !== undefined && typeof event !== "string") {
    throw new InputError("event must be a string");
  }
  if (!data.isWellFormed()) {
    throw new InputError("data must be without a lone surrogate");
  }
  return toMessage(channel, event, data);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(error.message);
  }
}

/** @throws {InputError} if no message can have this type. */
export function toMessage(
  channel: string,
  type: string | undefined,
  data: string,
): Message {
  if (type === undefined) return { channel, data };
  checkType(type);
  return { channel, type, data };
}
