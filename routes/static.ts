import { eTag, ifNoneMatch } from "@std/http/etag";
import types from "../client/client.d.ts" with { type: "text" };
import channels from "../static/channels.js" with { type: "text" };
import script from "../static/client.js" with { type: "text" };
import clock from "../static/clock.js" with { type: "text" };
import icon from "../static/icon.svg" with { type: "text" };
import shared from "../static/shared.js" with { type: "text" };
import style from "../static/style.css" with { type: "text" };
import { HttpError } from "./http_error.ts";
import type { Target } from "./target.ts";

/** A file that the executable holds. */
interface Asset {
  readonly type: string;
  readonly body: string;
}

const SCRIPT = "text/javascript; charset=utf-8";
const ASSETS: Readonly<Record<string, Asset>> = {
  "/static/channels.js": { type: SCRIPT, body: channels },
  "/static/clock.js": { type: SCRIPT, body: clock },
  "/static/shared.js": { type: SCRIPT, body: shared },
  "/static/icon.svg": { type: "image/svg+xml", body: icon },
  "/static/style.css": { type: "text/css; charset=utf-8", body: style },
};
const CLIENT: Readonly<Record<string, Asset>> = {
  "/client.js": { type: SCRIPT, body: script },
  "/client.d.ts": { type: "text/typescript; charset=utf-8", body: types },
};

/** `GET /static/*`: the page's scripts, style and icon. */
export async function asset(
  request: Request,
  { path }: Target,
): Promise<Response> {
  const asset = Object.hasOwn(ASSETS, path) ? ASSETS[path] : undefined;
  if (!asset) throw new HttpError(404, `Cannot find "${path}": no such asset`);
  return await send(request, asset);
}

/** `GET /client.js` and `GET /client.d.ts`: the client, which the pages of all origins may import, and its types. */
export async function client(
  request: Request,
  { path }: Target,
): Promise<Response> {
  const response = await send(request, CLIENT[path]!);
  const { headers } = response;
  headers.set("access-control-allow-origin", "*");
  // Else a page that isolates itself could not load it.
  headers.set("cross-origin-resource-policy", "cross-origin");
  // Deno looks there for the types.
  if (path === "/client.js") headers.set("x-typescript-types", "/client.d.ts");
  return response;
}

/** Sends a file, unless the client has this version. */
async function send(
  request: Request,
  { type, body }: Asset,
): Promise<Response> {
  const etag = await eTag(body);
  const headers = { "cache-control": "no-cache", etag };
  return ifNoneMatch(request.headers.get("if-none-match"), etag)
    ? new Response(body, { headers: { ...headers, "content-type": type } })
    : new Response(null, { status: 304, headers });
}
