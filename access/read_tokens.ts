import { InputError } from "../events/input_error.ts";
import { readObject, readRights, readSubject } from "./read_rights.ts";
import { digestOf, isTokenText, type Token, TOKEN_RULE } from "./token.ts";

/** How long a token's name may be, in UTF-16 code units. */
const MAX_NAME_LENGTH = 99;

/**
 * Reads a file of tokens: a JSON list of objects with `name`, `token`, and the rights `subscribe`, `publish`, `stop`,
 * `admin` and `subject` where wanted. Other members are ignored.
 *
 * @throws {InputError} where the text is none. The message names the entry and the rule, and holds no token.
 */
export function readTokens(text: string): Token[] {
  const list = parse(text);
  if (!Array.isArray(list)) {
    throw new InputError("Cannot read the tokens: they must be a JSON list");
  }
  const tokens: Token[] = [];
  const names = new Set<string>();
  const ids = new Set<string>();
  for (const [i, value] of list.entries()) {
    const token = readEntry(value, `entry ${i + 1}`);
    if (names.has(token.name)) {
      throw refuse(`entry ${i + 1}`, "its name must be of one token only");
    }
    if (ids.has(token.id)) {
      throw refuse(`entry ${i + 1}`, "its token must not be there twice");
    }
    names.add(token.name);
    ids.add(token.id);
    tokens.push(token);
  }
  return tokens;
}

function readEntry(value: unknown, what: string): Token {
  try {
    const record = readObject(value, "the entry");
    const { name, token, admin = false } = record;
    if (!isName(name)) {
      throw new InputError(
        `name must be a text of 1 to ${MAX_NAME_LENGTH} characters, without control characters`,
      );
    }
    if (typeof token !== "string" || !isTokenText(token)) {
      throw new InputError(`token ${TOKEN_RULE}`);
    }
    if (typeof admin !== "boolean") {
      throw new InputError("admin must be true or false");
    }
    return {
      id: digestOf(token),
      name,
      rights: {
        ...Object.hasOwn(record, "subject") &&
          { subject: readSubject(record.subject) },
        ...readRights(record),
        admin,
      },
    };
  } catch (error) {
    if (error instanceof InputError) throw refuse(what, error.message);
    throw error;
  }
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" &&
    value.length <= MAX_NAME_LENGTH && value.isWellFormed() &&
    !/\p{Cc}/u.test(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Its message would show a part of the text.
    throw new InputError("Cannot read the tokens: they must be a JSON list");
  }
}

function refuse(what: string, rule: string): InputError {
  return new InputError(`Cannot read ${what} of the tokens: ${rule}`);
}
