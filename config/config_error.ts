/** A setting that cannot be used. The message is one line that names the setting, its value and the rule. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** The rule that a value breaks, such as `must be a whole number from 0 to 65535`. It is one line. */
export class RuleError extends Error {
  override name = "RuleError";
}
