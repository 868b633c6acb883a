import { eTag, ifNoneMatch } from "@std/http/etag";
import channels from "../static/channels.js" with { type: "text" };
import client from "../static/client.js" with { type: "text" };
import icon from "../static/icon.svg" with { type: "text" };
import shared from "../static/shared.js" with { type: "text" };
import style from "../static/style.css" with { type: "text" };
import { HttpError } from "./http_error.ts";
import type { Target } from "./target.ts";

const SCRIPT = "text/javascript; charset=utf-8";
const ASSETS: Readonly<Record<string, { type: string; body: string }>> = {
  "/static/channels.js": { type: SCRIPT, body: channels },
  "/static/client.js": { type: SCRIPT, body: client },
  "/static/shared.js": { type: SCRIPT, body: shared },
  "/static/icon.svg": { type: "image/svg+xml", body: icon },
  "/static/style.css": { type: "text/css; charset=utf-8", body: style },
};

/** `GET /static/*`: the page's scripts, style and icon, which the executable holds. */
export async function asset(
  request: Request,
  { path }: Target,
): Promise<Response> {
  const asset = Object.hasOwn(ASSETS, path) ? ASSETS[path] : undefined;
  if (!asset) throw new HttpError(404, `Cannot find "${path}": no such asset`);
  const etag = await eTag(asset.body);
  const headers = { "cache-control": "no-cache", etag };
  return ifNoneMatch(request.headers.get("if-none-match"), etag)
    ? new Response(asset.body, {
      headers: { ...headers, "content-type": asset.type },
    })
    : new Response(null, { status: 304, headers });
}
