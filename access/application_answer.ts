import { InputError } from "../events/input_error.ts";
import { readObject, readRights, readSubject } from "./read_rights.ts";
import type { Rights } from "./rights.ts";

/** The end of the year 9999, in s. A later time is one in ms. */
const MAX_EXPIRES_S = 253_402_300_799;

/**
 * Reads the rights that the application answers with: a JSON object with `subject`, `subscribe`, `publish`, `stop` and
 * `expires`, in s since the epoch, where wanted. Other members are ignored.
 *
 * @throws {InputError} where the body is none, or where the rights have expired.
 */
export function readApplicationAnswer(body: Uint8Array): Rights {
  const record = readObject(parse(body), "the answer");
  const has = (name: string) => Object.hasOwn(record, name);
  return {
    ...has("subject") && { subject: readSubject(record.subject) },
    ...readRights(record),
    ...has("expires") && { expires: readExpires(record.expires) },
    admin: false,
  };
}

function readExpires(value: unknown): number {
  if (typeof value !== "number" || !(value <= MAX_EXPIRES_S)) {
    throw new InputError(
      "Cannot use expires: it must be a number of seconds since 1970",
    );
  }
  const expires = value * 1_000;
  if (expires > Date.now()) return expires;
  throw new InputError("Cannot use expires: it must be in the future");
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (error) {
    // The first is of the decoder. The message of the other would show a part of the text.
    if (!(error instanceof TypeError || error instanceof SyntaxError)) {
      throw error;
    }
    throw new InputError("Cannot use the answer: it must be JSON");
  }
}
