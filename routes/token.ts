import { timingSafeEqual } from "node:crypto";
import { HttpError } from "./http_error.ts";

/**
 * Makes a check that lets a request pass which carries the token as `Authorization: Bearer …`, and throws an
 * {@linkcode HttpError} 401 with `WWW-Authenticate` for any other: https://www.rfc-editor.org/rfc/rfc6750#section-3
 *
 * How long a comparison takes tells nothing of the token.
 */
export function tokenCheck(token: string): (request: Request) => void {
  const encoder = new TextEncoder();
  const expected = encoder.encode(token);
  const given = new Uint8Array(expected.length);
  const isRight = (text: string) => {
    given.fill(0);
    // What is longer is cut, and found out by its length.
    const { read } = encoder.encodeInto(text, given);
    return timingSafeEqual(given, expected) && read === text.length;
  };
  return (request) => {
    const authorization = request.headers.get("authorization");
    const text = /^bearer +(\S+) *$/i.exec(authorization ?? "")?.[1];
    if (text !== undefined && isRight(text)) return;
    throw authorization === null
      ? new HttpError(
        401,
        "Cannot publish without a token: send it as Authorization: Bearer <token>",
        { "www-authenticate": 'Bearer realm="chime"' },
      )
      : new HttpError(
        401,
        "Cannot publish: the Authorization header does not carry the right token",
        { "www-authenticate": 'Bearer realm="chime", error="invalid_token"' },
      );
  };
}
