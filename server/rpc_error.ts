import { BatchTooLargeError } from "../journal/batch_limit.ts";
import { InputError } from "../events/input_error.ts";
import { KeyConflictError } from "../journal/journal.ts";
import { UnavailableError, UnreadableError } from "../journal/history.ts";

/** An error as plain data: an error's class does not pass between threads. */
export interface ErrorData {
  name: string;
  message: string;
  stack: string | undefined;
  /** See {@linkcode KeyConflictError}. */
  keyName?: string;
}

/** The errors that callers tell apart, by name. */
const CLASSES: ReadonlyMap<string, new (message: string) => Error> = new Map<
  string,
  new (message: string) => Error
>([
  ["UnavailableError", UnavailableError],
  ["UnreadableError", UnreadableError],
  ["InputError", InputError],
  ["BatchTooLargeError", BatchTooLargeError],
  ["AddrInUse", Deno.errors.AddrInUse],
]);

/** The error as plain data. */
export function toErrorData(error: unknown): ErrorData {
  if (!(error instanceof Error)) {
    return { name: "Error", message: `${error}`, stack: undefined };
  }
  const { name, message, stack } = error;
  return {
    ...{ name, message, stack },
    ...error instanceof KeyConflictError && { keyName: error.keyName },
  };
}

/** The error again: of its own class where callers tell that apart, else an `Error` that has its name. */
export function toError(
  { name, message, stack, keyName }: ErrorData,
): Error {
  const known = CLASSES.get(name);
  const error = keyName !== undefined
    ? new KeyConflictError(keyName)
    : known
    ? new known(message)
    : new Error(message);
  error.name = name;
  // The log should name the line that failed in the other thread.
  if (stack !== undefined) error.stack = stack;
  return error;
}
