/** The name under which the tab keeps the token. */
const KEY = "chime-token";

/** Reads the token from an address's fragment, such as `#token=abc`, if there is one. Browsers send no fragments. */
export function tokenIn(hash: string): string | undefined {
  const raw = /[#&]token=([^&]*)/.exec(hash)?.[1];
  if (raw === undefined) return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    // The token was put there without encoding its %.
    return raw;
  }
}

/** The fragment without its tokens; an empty text where nothing else is left. */
export function withoutToken(hash: string): string {
  const parts = hash.slice(1).split("&")
    .filter((part) => !part.startsWith("token="));
  const rest = parts.join("&");
  return rest && `#${rest}`;
}

/**
 * Takes the token out of the address, so that it is in no history and on no screenshot, and has the tab keep it until it
 * is closed.
 *
 * @returns The token that the address had, else the one that the tab keeps, if there is one.
 */
export function takeToken(): string | undefined {
  const token = tokenIn(location.hash);
  if (token === undefined) return kept();
  const { pathname, search, hash } = location;
  history.replaceState(
    history.state,
    "",
    pathname + search + withoutToken(hash),
  );
  keep(token);
  return token;
}

function kept(): string | undefined {
  try {
    return sessionStorage.getItem(KEY) ?? undefined;
  } catch {
    // The browser keeps nothing for this site.
    return undefined;
  }
}

function keep(token: string): void {
  try {
    sessionStorage.setItem(KEY, token);
  } catch {
    // The browser keeps nothing for this site: the page has the token until it is left.
  }
}
