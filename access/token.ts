import { hash } from "node:crypto";
import { ALL } from "../events/pattern.ts";
import type { Rights } from "./rights.ts";

/** What is known of a token. It is plain data, without the token itself. */
export interface Token {
  /** The SHA-256 of the token's text: {@linkcode digestOf}. */
  readonly id: string;
  /** For people: what it is called in the file of tokens. */
  readonly name: string;
  readonly rights: Rights;
}

/** Whether a text can be sent as `Authorization: Bearer …`: https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
export function isTokenText(text: string): boolean {
  return /^[A-Za-z0-9._~+/-]+=*$/.test(text);
}

/** What {@linkcode isTokenText} requires, for messages. */
export const TOKEN_RULE = "must be made of A-Z a-z 0-9 . _ ~ + / -";

/** The SHA-256 of a text, in base64url. */
export function digestOf(text: string): string {
  return hash("sha256", text, "base64url");
}

/** The token of the option `--token`, which has every right. */
export function wholeToken(text: string): Token {
  return {
    id: digestOf(text),
    name: "--token",
    rights: { subscribe: [ALL], publish: [ALL], stop: [ALL], admin: true },
  };
}
