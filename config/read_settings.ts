import { ConfigError, RuleError } from "./config_error.ts";
import type { Option, Settings } from "./option.ts";

/** Reads an environment variable. */
export type Environment = (name: string) => string | undefined;

/** Values of an option, and the place that they come from, such as `--port` or `PORT`. */
interface Found {
  readonly source: string;
  readonly texts: readonly string[];
}

/**
 * Reads each option from the command line, else from its variables, else from its default.
 *
 * @param options The table.
 * @param flags The values on the command line, by the options' names.
 * @param env The environment. An empty variable counts as one that is not set, unless the option refuses it.
 * @throws {ConfigError} for a value that breaks its rule.
 */
export function readSettings<Options extends Record<string, Option>>(
  options: Options,
  flags: ReadonlyMap<string, readonly string[]>,
  env: Environment,
): Settings<Options> {
  return Object.fromEntries(
    Object.entries(options).map(([key, option]) => {
      const { source, texts } = findTexts(option, flags, env);
      const values = texts.map((text) => read(option, source, text));
      return [key, option.isRepeatable ? values : values.at(-1)];
    }),
  ) as Settings<Options>;
}

/**
 * Finds the texts of an option's values, which are not checked.
 *
 * @throws {ConfigError} for an empty variable of an option that refuses it.
 */
export function findTexts(
  { name, variables, isRepeatable, refusesEmpty, default: fallback }: Option,
  flags: ReadonlyMap<string, readonly string[]>,
  env: Environment,
): Found {
  const given = flags.get(name);
  if (given) return { source: `--${name}`, texts: given };
  for (const source of variables) {
    const text = env(source);
    if (text === "" && refusesEmpty) {
      throw new ConfigError(
        `Cannot use ${source} "": it must have a value, or not be set`,
      );
    }
    if (!text) continue;
    const texts = isRepeatable
      ? text.split(",").map((part) => part.trim())
      : [text];
    return { source, texts };
  }
  return {
    source: "the default",
    texts: fallback === undefined ? [] : [fallback],
  };
}

function read(option: Option, source: string, text: string): unknown {
  try {
    return option.read(text);
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    const shown = option.show ? option.show(text) : text;
    // As JSON, a line break cannot make a second line of it.
    const value = shown === undefined ? "" : ` ${JSON.stringify(shown)}`;
    throw new ConfigError(`Cannot use ${source}${value}: ${error.message}`);
  }
}
