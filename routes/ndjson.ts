import { checkChannel } from "../events/channel_name.ts";
import { InputError } from "../events/input_error.ts";
import { checkType } from "../events/message.ts";
import { checkKey } from "./idempotency_key.ts";
import { jsonMembers } from "./json_members.ts";

/** A line of a body: one message, as far as the line says it. */
export interface Line {
  readonly data: string;
  readonly type?: string;
  readonly channel?: string;
  readonly key?: string;
}

/** The members of a line. Any other one would be lost without a word. */
const MEMBERS = new Set(["data", "event", "type", "channel", "key"]);

/**
 * Reads NDJSON with one message a line: `{"data": "…", "event": "…", "channel": "…", "key": "…"}`. Data that is no string
 * is kept as its own text.
 *
 * @throws {InputError} if a line is not such an object. The error's message names the line.
 */
export function readNdjson(body: string): Line[] {
  return readLines(body, readObject);
}

/**
 * Reads NDJSON of which each line as a whole is the data of a message.
 *
 * @throws {InputError} if a line is no JSON. The error's message names the line.
 */
export function readJsonLines(body: string): Line[] {
  return readLines(body, (line) => {
    parse(line);
    return { data: ownText(line.replace(/^[ \t\r]+|[ \t\r]+$/g, "")) };
  });
}

function readLines(body: string, read: (line: string) => Line): Line[] {
  const lines = body.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, i) => {
    try {
      return read(line);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(`Cannot publish line ${i + 1}: ${error.message}`);
    }
  });
}

function readObject(line: string): Line {
  const parsed = parse(line);
  const isObject = typeof parsed === "object" && parsed !== null &&
    !Array.isArray(parsed);
  if (!isObject) throw new InputError("a line must be a JSON object");
  const unknown = Object.keys(parsed).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined) {
    throw new InputError(
      `no member may be named ${
        JSON.stringify(unknown)
      }: each must be data, event, type, channel or key`,
    );
  }
  const record = parsed as Record<string, unknown>;
  if (record.event !== undefined && record.type !== undefined) {
    throw new InputError("it must have event or type, not both");
  }
  const name = record.event === undefined ? "type" : "event";
  const type = readText(record, name, checkType);
  const channel = readText(record, "channel", checkChannel);
  const key = readText(record, "key", checkKey);
  return {
    data: readData(line, record.data),
    ...type !== undefined && { type },
    ...channel !== undefined && { channel },
    ...key !== undefined && { key },
  };
}

function readData(line: string, data: unknown): string {
  if (data === undefined) throw new InputError("it must have data");
  if (typeof data !== "string") return ownText(jsonMembers(line).get("data")!);
  if (data.isWellFormed()) return data;
  throw new InputError("data must be without a lone surrogate");
}

function readText(
  record: Record<string, unknown>,
  name: string,
  check: (text: string) => void,
): string | undefined {
  const value = record[name];
  if (value === undefined) return undefined;
  if (typeof value !== "string") {
    throw new InputError(`${name} must be a string`);
  }
  check(value);
  return value;
}

/** A copy: a part of a text keeps the whole of it in memory, and a journal would keep the body with each line. */
function ownText(part: string): string {
  return ` ${part}`.slice(1);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError(error.message);
  }
}
