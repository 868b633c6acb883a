import { UnauthorizedError } from "./access_error.ts";
import type { Asking, CredentialReader } from "./source.ts";

/**
 * Makes a reader that finds the credential in a cookie, where the request's cookies count.
 *
 * @param name The cookie's name.
 * @param isTrusted Whether the request's cookies count: {@linkcode cookieTrust}.
 */
export function cookieReader(
  name: string,
  isTrusted: (asking: Asking) => boolean,
): CredentialReader {
  return (asking) => {
    if (!isTrusted(asking)) return undefined;
    const values = cookieValues(asking.headers.get("cookie") ?? "", name);
    const [text, ...others] = new Set(values);
    // A site that logs a user out may leave an empty cookie.
    if (!text && others.length === 0) return undefined;
    // One of them may be of another page below the same domain: https://www.rfc-editor.org/rfc/rfc6265#section-8.6
    if (others.length > 0) {
      throw new UnauthorizedError(
        `Cannot take the credential in the cookie ${name}: there must be one such cookie only`,
        { isWrong: true },
      );
    }
    return { kind: "cookie", text: text! };
  };
}

/** The name of a cookie: https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1 */
export function isCookieName(text: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(text);
}

/**
 * The values of the cookies of a name, without the quotes that may stand around them.
 * https://www.rfc-editor.org/rfc/rfc6265#section-4.2.1
 *
 * @param header The header `Cookie`.
 */
export function cookieValues(header: string, name: string): string[] {
  return header.split(";").flatMap((pair) => {
    const equals = pair.indexOf("=");
    if (equals < 0 || trim(pair.slice(0, equals)) !== name) return [];
    return [trim(pair.slice(equals + 1)).replace(/^"(.*)"$/, "$1")];
  });
}

/** The text without spaces and tabs around it. */
function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}
