import { ErrorReply } from "@redis/client";
import { UnavailableError } from "../history.ts";

/** Codes of refusals that last until the operator changes the user, the password or the key. */
const LASTING: ReadonlySet<string> = new Set([
  "NOAUTH",
  "NOPERM",
  "WRONGPASS",
  "WRONGTYPE",
]);

/** Codes of refusals to write: Redis has no memory, disk or replicas left, or is a replica. It can still be read. */
const UNWRITABLE: ReadonlySet<string> = new Set([
  "MISCONF",
  "NOREPLICAS",
  "OOM",
  "READONLY",
  "UNSAFEID",
]);

/** Codes of other refusals that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set([
  "BUSY",
  "CLUSTERDOWN",
  "LOADING",
  "MASTERDOWN",
  "TRYAGAIN",
]);

/** Redis cannot be reached, or refuses a command. */
export class RedisError extends UnavailableError {
  readonly reason: string;
  /** Redis's code for its refusal, such as `NOPERM`; empty where the error is no refusal. */
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

/** Makes a {@linkcode RedisError} of any error, without the password. */
export function toRedisError(error: unknown, password?: string): RedisError {
  if (error instanceof RedisError) return error;
  const { message } = error as Error;
  const masked = password ? message.replaceAll(password, "***") : message;
  return error instanceof ErrorReply ? refusal(masked) : new RedisError(masked);
}

/** Makes an error of Redis's refusal, as a client or a script gets it. */
export function refusal(message: string): RedisError {
  const reason = message
    // The line of the script, which is not always the same.
    .replace(/^ERR Error running script \(call to \w+\): /, "")
    .replace(/^(@user_script: ?\d+: )+/, "")
    .replace(/,? script: \w+, on @user_script:\d+\.?$/, "")
    .replace(/^-/, "")
    // Redis quotes the arguments of a command that it does not know, and cuts them off anywhere, even inside a password,
    // which could then not be masked.
    .replace(/,? with args beginning with:.*$/s, "")
    .replace(/\.$/, "")
    // A script gets no code where it lacks a right, or where there is no such command.
    .replace(/^(ERR )?(?=The user executing the script|unknown )/i, "NOPERM ");
  return new RedisError(reason, reason.split(" ", 1)[0]);
}
