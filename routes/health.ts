import type { Handler } from "./handler.ts";
import type { Services } from "./services.ts";

/** `GET /healthz`: answers while the process runs, with its version and its time, in ms since the epoch. */
export function health({ version }: Services): Handler {
  return () =>
    Response.json({ status: "ok", version, now: Date.now() }, {
      headers: { "cache-control": "no-store" },
    });
}
