import { formatJson, formatText, type LogFormat } from "./format.ts";
import { LineQueue } from "./line_queue.ts";
import { type LogRecord, makeRecord } from "./record.ts";

let format: (record: LogRecord) => string = formatter("text");

const lines = new LineQueue(Deno.stderr, (count) =>
  format(
    makeRecord("warn", "lines are missing here, as they could not be written", {
      count,
    }),
  ));

/** Writes a line of the log to standard error, without waiting. The main thread does this for all threads. */
export function writeRecord(record: LogRecord): void {
  lines.push(format(record));
}

/** Chooses how lines are written from now on. At first, they are text. */
export function setLogFormat(name: LogFormat): void {
  format = formatter(name);
}

/** Resolves when all lines so far are written to standard error, or lost. */
export function logWritten(): Promise<void> {
  return lines.flushed();
}

/** Text is coloured on a terminal, unless there is `NO_COLOR`: https://no-color.org/ */
function formatter(name: LogFormat): (record: LogRecord) => string {
  if (name === "json") return formatJson;
  const isColoured = !Deno.noColor && Deno.stderr.isTerminal();
  return (record) => formatText(record, isColoured);
}
