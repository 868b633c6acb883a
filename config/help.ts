import { OPTIONS, SWITCHES } from "./options.ts";
import type { Option } from "./option.ts";
import manifest from "../deno.json" with { type: "json" };

/** Chime's version, as in `deno.json`. */
export const VERSION: string = manifest.version;

/** The columns of a terminal. */
const COLUMNS = 80;
/** The column in which the texts begin. */
const INDENT = 25;

/** What `--help` prints. */
export const HELP =
  `Chime ${VERSION} streams live events to browsers with Server-Sent Events.

Usage: chime [options]

${
    [
      ...Object.values(OPTIONS).map((option: Option) =>
        entry(
          `--${option.name} ${option.hint}`.trim(),
          option.text,
          origin(option),
        )
      ),
      ...SWITCHES.map(({ name, short, text }) =>
        entry(`-${short}, --${name}`, text)
      ),
    ].join("\n")
  }

An option wins over its variable, which wins over the default. An empty variable
counts as not set. In a variable, commas separate the values of a repeatable
option. TZ names the time zone of the clock, such as Europe/Paris.
`;

/** Where an option's value comes from where it is not on the command line. */
function origin({ variables, default: fallback }: Option): string {
  const names = variables.join(" or ");
  return fallback === undefined
    ? `[${names}]`
    : `[${names}, default ${fallback}]`;
}

/** Writes an option into the first column, and its texts into the second, each from a new line. */
function entry(option: string, ...texts: string[]): string {
  const [first = "", ...lines] = texts.flatMap(wrap);
  const indent = " ".repeat(INDENT);
  const label = `  ${option}`;
  const start = label.length < INDENT
    ? label.padEnd(INDENT)
    : `${label}\n${indent}`;
  return [start + first, ...lines.map((line) => indent + line)].join("\n");
}

/** Breaks a text into lines that fit into the second column. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || INDENT + line.length + word.length >= COLUMNS) {
      lines.push(word);
    } else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
