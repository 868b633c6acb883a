import { timingSafeEqual } from "node:crypto";
import { HttpError } from "./http_error.ts";

/**
 * Makes a function that checks that a request has the token, as `Authorization: Bearer …`. For any other request, it
 * throws an {@linkcode HttpError} 401 with `WWW-Authenticate`: https://www.rfc-editor.org/rfc/rfc6750#section-3
 *
 * The time that a comparison takes says nothing about the token.
 */
export function tokenCheck(token: string): (request: Request) => void {
  const encoder = new TextEncoder();
  const expected = encoder.encode(token);
  const given = new Uint8Array(expected.length);
  const isRight = (text: string) => {
    given.fill(0);
    // A longer text is cut, and its length gives it away.
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
