import type { Level, LogRecord } from "./record.ts";

/** How lines are written: for people, or one JSON object a line. */
export type LogFormat = "text" | "json";

/**
 * What could make another line of a line, hide a part of it or command the terminal: control characters, line ends,
 * invisible characters and those that change the direction, and halves of surrogate pairs.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** A value that needs no quotes. */
const BARE = /^[^\s"'=\\]+$/;

const RESET = "\x1b[0m";
const DIM = "\x1b[2m";
/** Green, yellow, red. https://www.ecma-international.org/publications-and-standards/standards/ecma-48/ */
const COLOURS: Readonly<Record<Level, string>> = {
  info: "\x1b[32m",
  warn: "\x1b[33m",
  error: "\x1b[31m",
};

/**
 * Writes a line for people: time, level, message, fields as `name=value`. The lines of a stack follow, each of them
 * indented, so that nothing that an error says looks like a line of its own.
 */
export function formatText(
  { time, level, message, fields, stack }: LogRecord,
  isColoured = false,
): string {
  const colour = (code: string, text: string) =>
    isColoured ? code + text + RESET : text;
  const line = [
    colour(DIM, new Date(time).toISOString()),
    colour(COLOURS[level], level.padEnd(5)),
    escape(message),
    ...Object.entries(fields).map(([name, value]) => `${name}=${quote(value)}`),
  ].join(" ");
  return [line, ...stack.map((frame) => `    ${escape(frame)}`)].join("\n");
}

/** Writes a line as a JSON object. The stack is its member `stack`, an array. */
export function formatJson(
  { time, level, message, fields, stack }: LogRecord,
): string {
  const json = JSON.stringify({
    time: new Date(time).toISOString(),
    level,
    message,
    ...fields,
    ...(stack.length > 0 && { stack }),
  });
  // JSON lets most of them stand. They can only be in strings, where they may be escaped.
  return json.replace(
    UNSAFE,
    (unsafe) =>
      unsafe.split("").map((unit) =>
        `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
      ).join(""),
  );
}

function quote(value: string | number | boolean): string {
  const text = escape(`${value}`);
  if (BARE.test(text)) return text;
  return `"${escape(`${value}`.replace(/["\\]/g, "\\$&"))}"`;
}

function escape(text: string): string {
  return text.replace(
    UNSAFE,
    (unsafe) =>
      unsafe === "\n" ? "\\n" : `\\u{${unsafe.codePointAt(0)!.toString(16)}}`,
  );
}
