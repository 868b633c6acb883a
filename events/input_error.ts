/**
 * Input breaks a rule: part of a request, or what somebody typed. The message names the value and the rule, and is shown
 * to whoever sent it. Any other error is a defect, and its message goes to the log only.
 */
export class InputError extends Error {
  override name = "InputError";
}
