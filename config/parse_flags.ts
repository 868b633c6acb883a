import { parseArgs } from "node:util";
import { ConfigError } from "./config_error.ts";
import type { Option } from "./option.ts";

/** An option that prints something and ends, such as `--help`. */
export interface Switch {
  readonly name: string;
  /** Its one-letter form, without the dash. */
  readonly short: string;
  /** What it does, as `--help` says it. */
  readonly text: string;
}

type Token = NonNullable<ReturnType<typeof parseArgs>["tokens"]>[number];

/**
 * Finds the options on a command line.
 *
 * The messages hold neither a value nor an argument that is no option: it may be a secret, or a piece of one.
 *
 * @returns The values of each option that is there, by its name. A switch has none.
 * @throws {ConfigError} for an unknown option, an option without its value, a switch with one, and any other argument.
 */
export function parseFlags(
  args: readonly string[],
  options: readonly Option[],
  switches: readonly Switch[],
): Map<string, string[]> {
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries([
      ...options.map(({ name, isSwitch }) =>
        [name, { type: isSwitch ? "boolean" : "string" }] as const
      ),
      ...switches.map(({ name, short }) =>
        [name, { type: "boolean", short }] as const
      ),
    ]),
    // Its own messages repeat what was typed.
    strict: false,
    tokens: true,
  });
  const found = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind === "option-terminator") continue;
    const { name, values } = readToken(token, options, switches);
    found.set(name, [...found.get(name) ?? [], ...values]);
  }
  return found;
}

function readToken(
  token: Exclude<Token, { kind: "option-terminator" }>,
  options: readonly Option[],
  switches: readonly Switch[],
): { name: string; values: string[] } {
  if (token.kind === "positional") {
    const option = [...options, ...switches].find(({ name }) =>
      token.value.split("=", 1)[0] === `--${name}`
    );
    // npm's scripts need a --, so people type one for `deno task` as well.
    throw option
      ? refuse(`--${option.name} after --`, "leave out the --")
      : refuse(`argument ${token.index + 1}`, "must be an option");
  }
  const { name, rawName, value, inlineValue } = token;
  if (switches.some((known) => known.name === name)) {
    if (value !== undefined) throw refuse(rawName, "must have no value");
    return { name, values: [] };
  }
  const option = options.find((known) => known.name === name);
  if (!option) {
    const shown = withoutSecret(rawName, options);
    throw refuse(`option ${shown}`, "must be a known one");
  }
  if (option.isSwitch) return { name, values: [value ?? "true"] };
  if (value === undefined) throw refuse(rawName, "must have a value");
  if (!inlineValue && /^-./.test(value)) {
    const spelling = `${rawName}=${option.hint}`;
    throw refuse(
      rawName,
      `must have a value; one that begins with - needs the form ${spelling}`,
    );
  }
  return { name, values: [value] };
}

function refuse(what: string, rule: string): ConfigError {
  return new ConfigError(`Cannot use ${what}: ${rule} (see --help)`);
}

/** Cuts off what may be the value of an option with a secret, where somebody forgot the `=`. */
function withoutSecret(rawName: string, options: readonly Option[]): string {
  const secret = options.find(({ name, show }) =>
    show && rawName.startsWith(`--${name}`)
  );
  return secret ? `--${secret.name}…` : /^--?[a-z-]*/i.exec(rawName)![0];
}
