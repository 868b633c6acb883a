import { InputError } from "../events/input_error.ts";
import { HttpError } from "./http_error.ts";

/** The target of a request, in parts. */
export interface Target {
  /** The path, decoded once. `*` stands for the server as a whole. */
  path: string;
  query: URLSearchParams;
  /** The query as it was sent, with its `?`, or an empty string. */
  search: string;
  /** The server as the client names it, such as `http://127.0.0.1:8000`. */
  origin: string;
  /** What comes before all paths, such as `http://127.0.0.1:8000/live/`. */
  base: string;
}

/**
 * A name, an IPv4 or an IPv6 address, and a port. https://www.rfc-editor.org/rfc/rfc9110#section-7.2
 * No label of a name begins or ends with a hyphen: https://www.rfc-editor.org/rfc/rfc1123#section-2.1
 */
const HOST =
  /^(?:(?!-)[\w-]+(?<!-)(?:\.(?!-)[\w-]+(?<!-))*\.?|\[[\da-f:.]+\])(?::\d*)?$/i;
/** `Deno.serve` writes `http://` and `Host` before a target that begins with `/`, and passes on a URL as it is. */
const PARTS =
  /^https?:\/\/(?<host>[^/?#*]*)(?<path>[^?#]*)(?<search>\?[^#]*)?(?<fragment>#.*)?$/is;
/** Characters that a proxy may decode, cut off or change before it looks at a path. */
const AMBIGUOUS = /[^!-~]|\\|%(?:2[3cf]|3f|5c)/i;
/** What a decoded path must not hold: a control character, or an escape that can be decoded again. */
const DECODED_AMBIGUOUS = /\p{Cc}|%[\da-f]{2}/iu;

/**
 * Reads a request's target from its raw text, and decodes it once. A proxy that guards a path and Chime must read the
 * same path: `URL` is not used, because it resolves `..` and turns `\` into `/`.
 *
 * @param basePath A path such as `/live`, which is left out of the target's own. That of `/live` itself is empty.
 * @throws {HttpError} 404 for a path that is not below it.
 * @throws {InputError} if the target or `Host` could be read in two ways, and if the query is not UTF-8.
 */
export function readTarget(
  { url, headers }: Request,
  basePath = "",
): Target {
  // HTTP/2 and HTTP/1.0 requests have none.
  const host = headers.get("host");
  if (host !== null && !isHost(host)) throw badHost(host);
  const parts = PARTS.exec(url)?.groups;
  if (!parts) throw refuse("the request's target", "be a path");
  if (parts.host !== host && !isHost(parts.host!)) throw badHost(parts.host!);
  if (parts.fragment !== undefined) {
    throw refuse("the request's target", "hold no #");
  }
  const { search = "" } = parts;
  const origin = `http://${parts.host}`;
  return {
    path: readPath(parts.path!, basePath),
    query: readQuery(search),
    search,
    origin,
    base: `${origin}${basePath}/`,
  };
}

function isHost(text: string): boolean {
  return HOST.test(text) && URL.canParse(`http://${text}`);
}

function badHost(text: string): InputError {
  return refuse(`the host ${JSON.stringify(text)}`, "be a host or host:port");
}

function readPath(raw: string, basePath: string): string {
  // `OPTIONS *`, which Deno.serve shows as `/*` over HTTP/1.
  if (raw === "*" || raw === "/*") return "*";
  // A URL without a path.
  if (raw === "") return stripped("/", basePath);
  const shown = `the path ${JSON.stringify(raw)}`;
  if (AMBIGUOUS.test(raw)) {
    throw refuse(shown, "be ASCII without \\ %23 %2c %2f %3f %5c");
  }
  const whole = decode(raw);
  if (whole === undefined) throw refuse(shown, "be percent-encoded UTF-8");
  if (DECODED_AMBIGUOUS.test(whole)) {
    throw refuse(
      shown,
      "hold no control character, and nothing that is encoded twice",
    );
  }
  const segments = whole.split("/").slice(1);
  if (segments.some((segment) => segment === "." || segment === "..")) {
    throw refuse(shown, "hold no segment . or ..");
  }
  const path = stripped(whole, basePath);
  // Only "/" and "/sse/" may end in an empty segment.
  if (segments.includes("") && path !== "/" && path !== "/sse/") {
    throw refuse(shown, "hold no empty segment");
  }
  return path;
}

function stripped(path: string, basePath: string): string {
  if (basePath === "") return path;
  if (`${path}/`.startsWith(`${basePath}/`)) return path.slice(basePath.length);
  throw new HttpError(
    404,
    `Cannot find "${path}": it must be below ${basePath}/`,
  );
}

/**
 * Reads a query as forms write it: `+` is a space, and a `%` without two hex digits is itself.
 * https://url.spec.whatwg.org/#concept-urlencoded-parser
 */
function readQuery(search: string): URLSearchParams {
  // URLSearchParams would replace what is not UTF-8 by U+FFFD.
  if (decode(search.replace(/%(?![\da-f]{2})/gi, "%25")) === undefined) {
    throw refuse("the query", "be UTF-8");
  }
  return new URLSearchParams(search);
}

/** Returns undefined if the text is not percent-encoded UTF-8. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function refuse(what: string, rule: string): InputError {
  return new InputError(`Cannot read ${what}: it must ${rule}`);
}
