import { RuleError } from "./config_error.ts";
import { readPath } from "./readers.ts";

const RULE = "must be a file, or a URL that begins with https://";

/** Reads the place of a key for JWTs: a file, or the URL of a JWKS. */
export function readKeyPlace(text: string): string {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return readPath(text);
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol)) throw new RuleError(RULE);
  if (!url.username && !url.password) return text;
  throw new RuleError(`${RULE}, without a user's name or password`);
}

/** Shows a file in full, and a URL without what may be a secret: a password, a query. */
export function showKeyPlace(text: string): string | undefined {
  if (!text.includes("://")) return text;
  const url = URL.parse(text);
  return url ? `${url.protocol}//${url.host}${url.pathname}` : undefined;
}
