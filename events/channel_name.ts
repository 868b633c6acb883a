import { InputError } from "./input_error.ts";

/** Every character allowed is one byte of UTF-8, so this is also the length in bytes. */
const MAX_LENGTH = 256;
const CHARACTERS = /^[A-Za-z0-9._:@+~=/-]+$/;
/** Types that Chime or `EventSource` itself uses: on a stream of several channels, a channel's name is a type. */
const RESERVED: ReadonlySet<string> = new Set(["status", "open", "error"]);

/**
 * Checks a channel's name. Names are compared byte by byte.
 *
 * @throws {InputError} where no channel can have this name.
 */
export function checkChannel(name: string): void {
  const rule = ruleBroken(name);
  if (rule === undefined) return;
  throw new InputError(`Cannot use channel ${JSON.stringify(name)}: ${rule}`);
}

function ruleBroken(name: string): string | undefined {
  if (RESERVED.has(name)) return "status, open and error are reserved";
  if (name.length > MAX_LENGTH || !CHARACTERS.test(name)) {
    return `a name must be 1 to ${MAX_LENGTH} of A-Z a-z 0-9 . _ - : @ + ~ = /`;
  }
  const segments = name.split("/");
  if (segments.includes("")) {
    return "no segment of a name must be empty";
  }
  return segments.includes(".") || segments.includes("..")
    ? "no segment of a name must be . or .."
    : undefined;
}
