import { RuleError } from "./config_error.ts";

/** Reads the URL at which the application is asked. It may have a query of its own. */
export function readAuthUrl(text: string): string {
  const url = /^https?:\/\//i.test(text) && !/[\s\p{Cc}]/u.test(text)
    ? URL.parse(text)
    : null;
  if (!url || url.hash || text.endsWith("#")) {
    throw new RuleError(
      "must be a URL such as https://app.example.com/chime/auth, without #",
    );
  }
  // They would take the place of the request's own Authorization.
  if (url.username || url.password) {
    throw new RuleError("must have no user and no password");
  }
  return url.href;
}

/** Shows the URL without what may hold a secret: a user, a password and a query. */
export function showAuthUrl(text: string): string | undefined {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol)
    ? `${url.origin}${url.pathname}${url.search && "?…"}`
    : undefined;
}
