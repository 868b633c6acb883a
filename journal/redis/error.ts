import { ErrorReply } from "@redis/client";
import { UnavailableError } from "../history.ts";

/** Refusals that last until somebody mends the user, the password or the key. */
const LASTING: ReadonlySet<string> = new Set([
  "NOAUTH",
  "NOPERM",
  "WRONGPASS",
  "WRONGTYPE",
]);

/** Refusals to write while Redis has no room, no disk or no replicas, or is one itself: it can be read all the same. */
const UNWRITABLE: ReadonlySet<string> = new Set([
  "MISCONF",
  "NOREPLICAS",
  "OOM",
  "READONLY",
  "UNSAFEID",
]);

/** Refusals that pass by themselves, besides those to write. */
const PASSING: ReadonlySet<string> = new Set([
  "BUSY",
  "CLUSTERDOWN",
  "LOADING",
  "MASTERDOWN",
  "TRYAGAIN",
]);

/** Redis is out of reach, or refuses. */
export class RedisError extends UnavailableError {
  readonly reason: string;
  /** What Redis calls its refusal, such as `NOSCRIPT`; empty where it is none. */
  readonly code: string;

  constructor(reason: string, code = "") {
    super(`The journal failed: ${reason}`);
    this.reason = reason;
    this.code = code;
  }

  /** Whether waiting is known not to help. */
  get isLasting(): boolean {
    return LASTING.has(this.code);
  }

  /** Whether waiting is known to help. */
  get isPassing(): boolean {
    return this.code === "" || PASSING.has(this.code) || this.isUnwritable;
  }

  /** Whether Redis cannot be written to, but can be read. */
  get isUnwritable(): boolean {
    return UNWRITABLE.has(this.code);
  }
}

/** Says in the journal's words what went wrong, without the password. */
export function toRedisError(error: unknown, password?: string): RedisError {
  if (error instanceof RedisError) return error;
  const { message } = error as Error;
  const masked = password ? message.replaceAll(password, "***") : message;
  return error instanceof ErrorReply ? refusal(masked) : new RedisError(masked);
}

/** Makes an error of what Redis answered, or what a script was told. */
export function refusal(message: string): RedisError {
  const reason = message
    // Where in a script it was, which is not the same each time.
    .replace(/^ERR Error running script \(call to \w+\): /, "")
    .replace(/^(@user_script: ?\d+: )+/, "")
    .replace(/,? script: \w+, on @user_script:\d+\.?$/, "")
    .replace(/^-/, "")
    // What is unknown is repeated, cut off somewhere: in a password, if need be.
    .replace(/,? with args beginning with:.*$/s, "")
    .replace(/\.$/, "")
    // A script is told in words alone that it may not, or that there is no such command.
    .replace(/^(ERR )?(?=The user executing the script|unknown )/i, "NOPERM ");
  return new RedisError(reason, reason.split(" ", 1)[0]);
}
