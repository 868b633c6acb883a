/** The token in an address's fragment, such as `#token=abc`, if there is one. No server ever sees a fragment. */
export function tokenIn(hash: string): string | undefined {
  const raw = /[#&]token=([^&]*)/.exec(hash)?.[1];
  if (raw === undefined) return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    // Somebody's token has a % in it.
    return raw;
  }
}
