/**
 * Thrown where input breaks a rule: a request's, or what somebody typed. The message names the value and the rule, and
 * its author may read it. Any other error is a defect, and its message is for the log alone.
 */
export class InputError extends Error {
  override name = "InputError";
}
