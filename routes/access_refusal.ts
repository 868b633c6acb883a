import {
  type AccessError,
  ForbiddenError,
  UnauthorizedError,
} from "../access/access_error.ts";
import { HttpError } from "./http_error.ts";

/**
 * The answer to a request that is refused for want of a right, with `WWW-Authenticate`:
 * https://www.rfc-editor.org/rfc/rfc6750#section-3. `missing` lists the channels that the right is missing for.
 */
export function accessRefusal(error: AccessError): HttpError {
  const { message } = error;
  if (error instanceof UnauthorizedError) {
    const { isWrong, missing } = error;
    return new HttpError(
      401,
      message,
      challenge(isWrong ? "invalid_token" : undefined),
      missing.length > 0 ? { missing } : {},
    );
  }
  if (error instanceof ForbiddenError) {
    const { missing } = error;
    return new HttpError(403, message, challenge("insufficient_scope"), {
      missing,
    });
  }
  return new HttpError(503, message, { "retry-after": "3" });
}

function challenge(error: string | undefined): Record<string, string> {
  const realm = 'Bearer realm="chime"';
  return {
    "www-authenticate": error ? `${realm}, error="${error}"` : realm,
  };
}
