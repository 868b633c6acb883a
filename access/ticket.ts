import type { Asking, Credential } from "./source.ts";

/** How long a ticket may wait to be used, in ms. */
export const TICKET_LIFETIME_MS = 30_000;

/** Draws a ticket of 128 bits. */
export function drawTicket(): string {
  return crypto.getRandomValues(new Uint8Array(16))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Finds the ticket in the parameter `ticket` of a stream's URL. Two of them are none that is right. */
export function ticket({ method, query }: Asking): Credential | undefined {
  if (method !== "GET" && method !== "HEAD") return undefined;
  const [text, ...others] = query.getAll("ticket");
  if (text === undefined) return undefined;
  return { kind: "ticket", text: others.length > 0 ? "" : text };
}
