import type { EventId } from "./event_id.ts";
import { InputError } from "./input_error.ts";

/** A message, as published. */
export interface Message {
  channel: string;
  /** The event's type. Without one, a browser calls `onmessage`. */
  type?: string;
  data: string;
  /** Further named values that are kept with it. A client does not see them. */
  fields?: Readonly<Record<string, string>>;
}

/** A message with the id that its timeline gave it. */
export interface ChannelEvent extends Message {
  id: EventId;
}

const MAX_TYPE_LENGTH = 99;
/** Types that Chime or `EventSource` itself uses. */
const RESERVED: ReadonlySet<string> = new Set(["status", "open", "error"]);
/** The type of what Chime itself says: a client would take such an event for the state of its stream. */
const NEVER_KEPT: ReadonlySet<string> = new Set(["status"]);
const RESERVED_RULE = "status, open and error are reserved";

/**
 * Checks the type of a message that is published.
 *
 * @throws {InputError} where no event stream can carry the type, or where clients would take it for one of Chime's own.
 */
export function checkType(type: string): void {
  checkAgainst(RESERVED, type);
}

/**
 * Checks the type of an event that a journal holds, as {@linkcode checkType} does. `open` and `error` pass: Chime 0.1
 * took them.
 *
 * @throws {InputError} where the event must not be sent.
 */
export function checkKeptType(type: string): void {
  checkAgainst(NEVER_KEPT, type);
}

function checkAgainst(reserved: ReadonlySet<string>, type: string): void {
  const rule = reserved.has(type)
    ? RESERVED_RULE
    : type === "" || type.length > MAX_TYPE_LENGTH
    ? `a type must have 1 to ${MAX_TYPE_LENGTH} characters`
    : /[\r\n\0]/.test(type)
    ? "a type must hold no newline and no NUL"
    : !type.isWellFormed()
    ? "a type must be well-formed, without a lone surrogate"
    : undefined;
  if (rule) {
    throw new InputError(`Cannot use type ${JSON.stringify(type)}: ${rule}`);
  }
}
