import { parsePattern } from "../../events/pattern.ts";
import type { Rights } from "../../access/rights.ts";
import type { Asking, Grant } from "../../access/source.ts";

/** What {@linkcode rightsOf} makes rights of: patterns as text, and what else differs from no rights. */
export type RightsText =
  & { [Key in "subscribe" | "publish" | "stop"]?: readonly string[] }
  & Partial<Omit<Rights, "subscribe" | "publish" | "stop">>;

/** Makes rights, which are none but for what is named. */
export function rightsOf(
  { subscribe = [], publish = [], stop = [], ...others }: RightsText,
): Rights {
  return {
    admin: false,
    ...others,
    subscribe: subscribe.map(parsePattern),
    publish: publish.map(parsePattern),
    stop: stop.map(parsePattern),
  };
}

/** Makes a grant of rights. */
export function grantOf(
  rights: RightsText,
  others: Omit<Grant, "rights"> = {},
): Grant {
  return { ...others, rights: rightsOf(rights) };
}

/** Makes a request, as sources of rights see it. */
export function askingWith(
  headers: Record<string, string> = {},
  query = "",
): Asking {
  return {
    method: "GET",
    headers: new Headers(headers),
    query: new URLSearchParams(query),
    origin: "http://chime.test",
    address: "192.0.2.7",
  };
}
