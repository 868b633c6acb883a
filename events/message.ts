import type { EventId } from "./event_id.ts";

/** What is published. */
export interface Message {
  channel: string;
  /** The event's type. Absent, a browser's `onmessage` hears it. */
  type?: string;
  data: string;
}

/** A message with the id that its timeline gave it. */
export interface ChannelEvent extends Message {
  id: EventId;
}

const CHANNEL_NAME = /^[A-Za-z0-9._-]{1,99}$/;
const MAX_TYPE_LENGTH = 99;
/** Types that Chime sends, or that `EventSource` itself fires. On a stream of several channels a channel is a type. */
const RESERVED: ReadonlySet<string> = new Set(["status", "open", "error"]);
const RESERVED_RULE = "status, open and error are reserved";

/**
 * Refuses a name that no channel can have.
 *
 * @throws {TypeError} with the name and the rule.
 */
export function checkChannel(name: string): void {
  const rule = RESERVED.has(name)
    ? RESERVED_RULE
    : name === "." || name === ".."
    ? "a name must not be . or .."
    : CHANNEL_NAME.test(name)
    ? undefined
    : "a name is 1 to 99 of A-Z a-z 0-9 . _ -";
  if (rule) {
    throw new TypeError(`Cannot use channel ${JSON.stringify(name)}: ${rule}`);
  }
}

/**
 * Refuses a type that no event stream can carry, or that would pass for Chime's own.
 *
 * @throws {TypeError} with the type and the rule.
 */
export function checkType(type: string): void {
  const rule = RESERVED.has(type)
    ? RESERVED_RULE
    : type === "" || type.length > MAX_TYPE_LENGTH
    ? `a type has 1 to ${MAX_TYPE_LENGTH} characters`
    : /[\r\n\0]/.test(type)
    ? "a type holds no newline and no NUL"
    : !type.isWellFormed()
    ? "a type is well-formed, without a lone surrogate"
    : undefined;
  if (rule) {
    throw new TypeError(`Cannot use type ${JSON.stringify(type)}: ${rule}`);
  }
}
