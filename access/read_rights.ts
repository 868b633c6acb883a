import { InputError } from "../events/input_error.ts";
import { parsePattern, type Pattern } from "../events/pattern.ts";
import type { Action, Rights } from "./rights.ts";

/** The rights about channels. */
export type ChannelRights = Pick<Rights, Action>;

/**
 * Reads the members `subscribe`, `publish` and `stop`: lists of patterns. One that is absent gives no right. Other members
 * are ignored.
 *
 * @param record A parsed JSON object: of the file of tokens, a JWT's claim, an application's answer.
 * @throws {InputError} where a member is no such list.
 */
export function readRights(
  record: Readonly<Record<string, unknown>>,
): ChannelRights {
  return {
    subscribe: readPatterns(record, "subscribe"),
    publish: readPatterns(record, "publish"),
    stop: readPatterns(record, "stop"),
  };
}

/**
 * Checks that a value is a JSON object, and returns it.
 *
 * @param what What it is, for the message.
 * @throws {InputError} for any other value.
 */
export function readObject(
  value: unknown,
  what: string,
): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new InputError(`Cannot use ${what}: it must be a JSON object`);
}

/** How long a subject may be, in UTF-16 code units. */
const MAX_SUBJECT_LENGTH = 256;

/**
 * Checks the name of a subject, and returns it.
 *
 * @throws {InputError} where it is not a text of 1 to 256 characters without control characters.
 */
export function readSubject(value: unknown): string {
  const isRight = typeof value === "string" && value !== "" &&
    value.length <= MAX_SUBJECT_LENGTH && value.isWellFormed() &&
    !/\p{Cc}/u.test(value);
  if (isRight) return value;
  throw new InputError(
    `Cannot use the subject: it must be a text of 1 to ${MAX_SUBJECT_LENGTH} characters, without control characters`,
  );
}

function readPatterns(
  record: Readonly<Record<string, unknown>>,
  action: Action,
): Pattern[] {
  const value = Object.hasOwn(record, action) ? record[action] : [];
  if (!Array.isArray(value)) {
    throw new InputError(`Cannot use ${action}: it must be a list of patterns`);
  }
  return value.map((text) => {
    if (typeof text === "string") return parsePattern(text);
    throw new InputError(`Cannot use ${action}: each pattern must be a text`);
  });
}
