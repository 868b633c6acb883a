import { InputError } from "../../events/input_error.ts";

/** A key must not be used, as others may know it or guess it. The message holds nothing of it. */
export class UnsafeKeyError extends InputError {
  override name = "UnsafeKeyError";
}
