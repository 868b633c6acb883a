import { ErrorReply } from "@redis/client";
import { UnavailableError } from "../history.ts";

/** Codes of refusals that last until the operator changes the user, the password, the key or Chime. */
const LASTING: ReadonlySet<string> = new Set([
  "NEWER",
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
]);

/** Codes of other refusals that pass by themselves. */
const PASSING: ReadonlySet<string> = new Set([
  "BUSY",
  "CLUSTERDOWN",
  "LOADING",
  "MASTERDOWN",
  "MIGRATE",
  "NONE",
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

/** A password of fewer characters is part of many words, where a mask would show it. */
const MIN_MASKED_ANYWHERE = 4;
/** Short words of Redis's own refusals. None is masked, whatever the password is, so that the mask does not show it. */
const SHORT_WORDS: ReadonlySet<string> = new Set(
  "a an and as at by can cmd db err for has if in is it key log max min no not of off on oom one or out run set the this to too use was with"
    .split(" "),
);

/** Makes a {@linkcode RedisError} of any error, without the password. */
export function toRedisError(error: unknown, password = ""): RedisError {
  if (error instanceof RedisError) return error;
  const { message } = error as Error;
  // The password was sent to Redis, which may repeat it. Other errors do not hold it.
  return error instanceof ErrorReply
    ? refusal(mask(message, password))
    : new RedisError(message);
}

function mask(message: string, password: string): string {
  if (password === "") return message;
  if (password.length >= MIN_MASKED_ANYWHERE) {
    return message.replaceAll(password, "***");
  }
  if (SHORT_WORDS.has(password.toLowerCase())) return message;
  // Only where it stands alone.
  return message.split(/([\s'"`,:]+)/)
    .map((word) => word === password ? "***" : word).join("");
}

/** Makes an error of Redis's refusal, as a client or a script gets it. */
export function refusal(message: string): RedisError {
  const reason = message
    // The line of the script, which is not always the same.
    .replace(/^ERR Error running script \(call to \w+\): /, "")
    .replace(/^(ERR )?(@?user_script: ?\d+: )+/, "")
    .replace(/^ERR (?=BADHEAD)/, "")
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
