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
