/** What is found in a key that is written as text: PEM, the keys of SSH and PGP, a JWK. */
const KEY_TEXT =
  /---- ?BEGIN|^\s*(?:sk-)?(?:ssh|ecdsa)-[\w@.-]+ +[A-Za-z\d+/]|"kty"/;

/**
 * Whether bytes are a key in a form that is not read: in DER, in base64, in UTF-16, as SSH writes it. Others may know it, so
 * that it must not be taken for a secret.
 */
export function looksLikeKey(bytes: Uint8Array): boolean {
  if (isDer(bytes)) return true;
  for (const encoding of ["utf-8", "utf-16le", "utf-16be"]) {
    const text = new TextDecoder(encoding).decode(bytes);
    if (KEY_TEXT.test(text)) return true;
    const inside = decodeBase64(text);
    if (inside && looksLikeKey(inside)) return true;
  }
  return false;
}

/**
 * Whether bytes are DER as keys and certificates are: a sequence as long as they are, which begins with a sequence or an
 * integer. Random bytes are so once in eight million times.
 */
function isDer(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x30) return false;
  const first = bytes[1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const head = 2 + lengthBytes;
  const length = lengthBytes === 0
    ? first
    : bytes.slice(2, head).reduce((sum, byte) => sum * 256 + byte, 0);
  // An editor may have added a newline.
  const after = new TextDecoder().decode(bytes.subarray(head + length));
  return head + length <= bytes.length && /^(?:\r?\n)?$/.test(after) &&
    (bytes[head] === 0x30 || bytes[head] === 0x02);
}

/** Decodes base64 or base64url, if the text is such. */
function decodeBase64(text: string): Uint8Array | undefined {
  try {
    const usual = text.replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.fromBase64(usual);
    return bytes.length > 0 ? bytes : undefined;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return undefined;
  }
}
