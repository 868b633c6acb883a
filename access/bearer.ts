import type { Asking, Credential } from "./source.ts";

/**
 * Finds the credential in `Authorization: Bearer …`: https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 *
 * @returns Nothing for another scheme, which may be a proxy's or the application's.
 */
export function bearer({ headers }: Asking): Credential | undefined {
  const authorization = headers.get("authorization") ?? "";
  const match = /^bearer(?: +(.*))?$/i.exec(authorization);
  return match ? { kind: "bearer", text: match[1] ?? "" } : undefined;
}
