import { AccessError } from "../access/access_error.ts";
import { InputError } from "../events/input_error.ts";
import { BatchTooLargeError } from "../journal/batch_limit.ts";
import { UnavailableError, UnreadableError } from "../journal/history.ts";
import { accessRefusal } from "./access_refusal.ts";
import { HttpError } from "./http_error.ts";

/** The error that a client is shown for one that a handler threw. A defect's own message is not for clients. */
export function toHttpError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof AccessError) return accessRefusal(error);
  if (error instanceof UnavailableError || error instanceof UnreadableError) {
    return new HttpError(503, error.message, { "retry-after": "1" });
  }
  if (error instanceof BatchTooLargeError) {
    return new HttpError(413, error.message);
  }
  if (error instanceof InputError) return new HttpError(400, error.message);
  return new HttpError(500, "Chime failed to answer; its log says why");
}
