/** What hides each kind of secret. The parts in front of it, which are kept, say what it was. */
const SECRETS: readonly RegExp[] = [
  // In a query, also one that is escaped: `?ticket=…`.
  /((?:ticket|token|password|secret|authorization|cookie)(?:=|%3d))[^&\s"#;,]+/gi,
  // https://www.rfc-editor.org/rfc/rfc6750#section-2.1
  /(\b(?:Bearer|Basic) +)[\w.~+/=-]+/gi,
  // A password in a URL.
  /(:\/\/[^\s/@:"]*:)[^\s/@"]+(?=@)/g,
  // A JSON Web Token: the first part is JSON, which begins with `{"`.
  /((?<![\w-])eyJ)[\w-]+\.[\w-]+\.[\w-]*/g,
];

/**
 * Replaces what may be a secret by `…`. Chime logs no header and no query; this is for what clients write in the wrong
 * place, such as a ticket in a path, and for what messages of libraries repeat.
 */
export function hideSecrets(text: string): string {
  return SECRETS.reduce(
    (shown, secret) => shown.replace(secret, "$1…"),
    text,
  );
}
