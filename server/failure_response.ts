import { log } from "../log/log.ts";
import { drawRequestId, REQUEST_ID } from "../routes/request_id.ts";
import { toHttpError } from "../routes/to_http_error.ts";

/** Logs a failure outside of the routes, and makes the response, which names its line of the log. */
export function failureResponse(error: unknown): Response {
  const requestId = drawRequestId();
  log.error("a request failed", { error, requestId });
  const response = toHttpError(error).toResponse(requestId);
  response.headers.set(REQUEST_ID, requestId);
  return response;
}
