import { createHash, timingSafeEqual } from "node:crypto";
import { HttpError } from "./http_error.ts";

/**
 * Lets a request pass that carries the token as `Authorization: Bearer …`. How long the comparison takes tells nothing
 * of the token.
 *
 * @throws {HttpError} 401 with `WWW-Authenticate`: https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export function checkToken(request: Request, token: string): void {
  const authorization = request.headers.get("authorization");
  const given = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
  if (given !== undefined && isSame(given, token)) return;
  const isMissing = authorization === null;
  throw new HttpError(
    401,
    isMissing
      ? "Cannot publish without a token: send it as Authorization: Bearer <token>"
      : "Cannot publish: the Authorization header does not carry the right token",
    {
      "www-authenticate": isMissing
        ? 'Bearer realm="chime"'
        : 'Bearer realm="chime", error="invalid_token"',
    },
  );
}

/** Digests have one length, whatever the texts' lengths are. */
function isSame(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
