/** A row of the table of options: one setting, and the ways to set it. */
export interface Option<Value = unknown> {
  /** Its name on the command line, without the dashes, such as `max-body`. */
  readonly name: string;
  /** The environment variables that set it. The first that is not empty counts. */
  readonly variables: readonly [string, ...string[]];
  /** What `--help` shows in place of its value, such as `<size>`. */
  readonly hint: string;
  /** What it sets, as `--help` and `docs/options.md` say it. */
  readonly text: string;
  /** The value that is read where none is given. Without it, the setting is `undefined`, or an empty list. */
  readonly default?: string;
  /** Whether it is given without a value, which then is `true`. Its `hint` is empty. */
  readonly isSwitch?: true;
  /** Whether it may be given several times. In a variable, commas separate the values. */
  readonly isRepeatable?: true;
  /**
   * Whether an empty variable is refused. Otherwise it counts as not set. Set this where that would open what was meant
   * to be closed.
   */
  readonly refusesEmpty?: true;
  /**
   * Returns the part of a value that messages may show, if any. Without this, they show the value: set it where a value
   * may hold a secret.
   */
  readonly show?: (text: string) => string | undefined;
  /**
   * Reads one value.
   *
   * @throws {RuleError} where the text breaks the rule.
   */
  readonly read: (text: string) => Value;
}

/** The settings that a table of options gives, by the keys of its rows. */
export type Settings<Options extends Record<string, Option>> = {
  readonly [Key in keyof Options]: Setting<Options[Key]>;
};

type Setting<Row extends Option> = Row extends { isRepeatable: true }
  ? readonly ReturnType<Row["read"]>[]
  : Row extends { default: string } ? ReturnType<Row["read"]>
  : ReturnType<Row["read"]> | undefined;
