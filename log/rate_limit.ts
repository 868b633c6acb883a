import { type LogRecord, makeRecord } from "./record.ts";

/** Lines are counted anew after so many ms. */
const WINDOW_MS = 60_000;
/** How many lines of one message and reason are written in that time. */
const MAX_LINES = 10;
/** How many reasons of one message are told apart in that time. All others count as one more. */
const MAX_REASONS = 20;
/** How many messages are told apart in that time. All others count as one more. */
const MAX_MESSAGES = 100;
/** Stands for all the reasons or messages for which there is no place. */
const OTHERS = "others";

/** The lines of one message and reason. */
interface Count {
  lines: number;
  leftOut: number;
}

/**
 * Bounds the log: of each message and reason, it passes on ten lines a minute, and then says how many it left out. So
 * nobody can fill the disk by making Chime log, and a line of one kind does not cost one of another.
 *
 * What a message quotes, and its numbers, make no reasons of their own. The memory that this takes is bounded, too.
 */
export class RateLimit {
  readonly #write: (record: LogRecord) => void;
  readonly #counts = new Map<string, Map<string, Count>>();
  #since = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param write Writes a line. */
  constructor(write: (record: LogRecord) => void) {
    this.#write = write;
  }

  /** Writes the line, or counts it as left out. */
  take(record: LogRecord): void {
    const now = performance.now();
    if (now - this.#since >= WINDOW_MS) {
      this.flush();
      this.#since = now;
    }
    const count = this.#find(record);
    if (count.lines < MAX_LINES) {
      count.lines++;
      this.#write(record);
      return;
    }
    count.leftOut++;
    this.#timer ??= setTimeout(
      () => this.flush(),
      this.#since + WINDOW_MS - now,
    );
  }

  /** Says what was left out, and counts anew. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#since = -Infinity;
    for (const [message, reasons] of this.#counts) {
      for (const [reason, { leftOut }] of reasons) {
        if (leftOut === 0) continue;
        this.#write(makeRecord("warn", "lines like this were left out", {
          count: leftOut,
          like: message,
          ...(reason !== "" && { reason }),
        }));
      }
    }
    this.#counts.clear();
  }

  #find({ message, fields }: LogRecord): Count {
    const reasons = getOrMake(
      this.#counts,
      withoutValues(message),
      MAX_MESSAGES,
      () => new Map<string, Count>(),
    );
    const reason = `${fields.reason ?? fields.error ?? ""}`;
    return getOrMake(
      reasons,
      withoutValues(reason),
      MAX_REASONS,
      () => ({ lines: 0, leftOut: 0 }),
    );
  }
}

/** Gets what the map has for the key, or for all the others once the map is full. */
function getOrMake<T>(
  map: Map<string, T>,
  key: string,
  max: number,
  make: () => T,
): T {
  const found = map.get(key);
  if (found) return found;
  const place = map.size < max ? key : OTHERS;
  const value = map.get(place) ?? make();
  map.set(place, value);
  return value;
}

/** The text without what it quotes, also where the end of that was cut off, and without numbers. */
function withoutValues(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*(?:"|$)|\d+/gs, "…");
}
