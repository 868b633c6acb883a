import { InputError } from "../events/input_error.ts";

const KEY = /^[ -~]{1,128}$/;
const RULE = "it must be 1 to 128 printable ASCII characters";
/** https://www.rfc-editor.org/rfc/rfc8941#section-3.3.3 */
const QUOTED = /^"((?:[^"\\]|\\["\\])*)"$/;

/**
 * Reads the header `Idempotency-Key`: a key, bare or in quotes.
 *
 * @throws {InputError} for a text that is no key.
 */
export function readIdempotencyKey({ headers }: Request): string | undefined {
  const text = headers.get("idempotency-key");
  if (text === null) return undefined;
  const key = text.startsWith('"')
    ? QUOTED.exec(text)?.[1]?.replace(/\\(.)/g, "$1") ?? ""
    : text;
  if (KEY.test(key)) return key;
  throw new InputError(
    `Cannot use Idempotency-Key ${
      JSON.stringify(text)
    }: ${RULE}, bare or in quotes`,
  );
}

/** @throws {InputError} where a text is no key. */
export function checkKey(text: string): void {
  if (KEY.test(text)) return;
  throw new InputError(`Cannot use key ${JSON.stringify(text)}: ${RULE}`);
}
