import { cut } from "./cut.ts";
import { describeError } from "./describe_error.ts";
import { hideSecrets } from "./hide_secrets.ts";

/** How much a line matters: `info` needs no reader, `warn` needs one some time, `error` now. */
export type Level = "info" | "warn" | "error";

/** What a line says besides its message. */
export interface Fields {
  /** What was caught: its message, and its stack after the line. */
  readonly error?: unknown;
  readonly [name: string]: unknown;
}

/** A line of the log. It is plain data, without secrets, and no part of it is long. */
export interface LogRecord {
  /** In ms since the epoch. */
  readonly time: number;
  readonly level: Level;
  readonly message: string;
  readonly fields: Readonly<Record<string, string | number | boolean>>;
  /** The lines of an error's stack, with those of its causes. They may hold anything but line ends. */
  readonly stack: readonly string[];
}

const MAX_MESSAGE_CHARS = 1_000;
const MAX_VALUE_CHARS = 300;

/**
 * Makes a line of the log. Fields that are undefined are left out.
 *
 * @param message A sentence without its full stop. It need not be safe, nor short.
 */
export function makeRecord(
  level: Level,
  message: string,
  { error, ...others }: Fields = {},
): LogRecord {
  const described = error === undefined ? undefined : describeError(error);
  const fields: Record<string, string | number | boolean> = {};
  const all = { ...others, error: described?.summary };
  for (const [name, value] of Object.entries(all)) {
    if (value === undefined) continue;
    fields[name] = typeof value === "number" || typeof value === "boolean"
      ? value
      : shown(String(value), MAX_VALUE_CHARS);
  }
  return {
    time: Date.now(),
    level,
    message: shown(message, MAX_MESSAGE_CHARS),
    fields,
    stack: described?.stack.map(hideSecrets) ?? [],
  };
}

/** The text without secrets, cut. One that is very long is not searched as a whole. */
function shown(text: string, max: number): string {
  return cut(hideSecrets(text.slice(0, 4 * max)), max);
}
