import { isCookieName } from "../access/cookie.ts";
import { RuleError } from "./config_error.ts";

/** Reads the name of a cookie. */
export function readCookieName(text: string): string {
  if (isCookieName(text)) return text;
  throw new RuleError(
    "must be a cookie's name, of A-Z a-z 0-9 - _ and the like",
  );
}
