import {
  type Fields,
  type Level,
  type LogRecord,
  makeRecord,
} from "./record.ts";
import { RateLimit } from "./rate_limit.ts";
import { writeRecord } from "./standard_error.ts";

/** Where this thread's lines go. */
export interface LogTarget {
  /** Takes a line. */
  write(record: LogRecord): void;
  /** Whether what comes too often is left out. Default: true. */
  isLimited?: boolean;
}

interface Sending {
  readonly write: (record: LogRecord) => void;
  readonly limit: RateLimit | undefined;
}

let sending: Sending = toSending({ write: writeRecord });

/**
 * The one way to the log. Nothing of it throws, blocks or waits: if a line cannot be written, it is lost. What comes
 * from clients belongs into fields, where it is escaped and cut.
 */
export const log = {
  /** Logs what needs no reader, such as a start. */
  info(message: string, fields?: Fields): void {
    send("info", message, fields);
  },

  /** Logs what somebody should know, such as a journal that is away. */
  warn(message: string, fields?: Fields): void {
    send("warn", message, fields);
  },

  /** Logs what Chime cannot mend by itself, and defects in Chime. */
  error(message: string, fields?: Fields): void {
    send("error", message, fields);
  },

  /** Logs a request. These lines are not limited in rate. */
  access(fields: Fields): void {
    send("info", "request", fields, false);
  },
};

/** Sends this thread's lines elsewhere, and returns a function that undoes it. */
export function sendLogTo(target: LogTarget): () => void {
  const before = sending;
  sending = toSending(target);
  return () => sending = before;
}

/** Writes a line that another thread has logged, and limited, as if it were this one's. */
export function forward(record: LogRecord): void {
  sending.write(record);
}

/** Says now what was left out for coming too often. */
export function sayLeftOut(): void {
  sending.limit?.flush();
}

function toSending({ write, isLimited = true }: LogTarget): Sending {
  return { write, limit: isLimited ? new RateLimit(write) : undefined };
}

function send(
  level: Level,
  message: string,
  fields?: Fields,
  isLimited = true,
): void {
  try {
    const record = makeRecord(level, message, fields);
    if (isLimited && sending.limit) sending.limit.take(record);
    else sending.write(record);
  } catch {
    // There is no other place to report it.
  }
}
