/**
 * Input breaks a rule: a part of a request, or text in a form. The message names the value and the rule, and is shown to
 * the client. Any other error is a defect, and its message goes to the log only.
 */
export class InputError extends Error {
  override name = "InputError";
}
