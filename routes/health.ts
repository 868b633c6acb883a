import { VERSION } from "../config/help.ts";
import { HttpError } from "./http_error.ts";
import type { Handler } from "./mod.ts";
import type { Services } from "./services.ts";

const HEADERS = { "cache-control": "no-store" };

/** `GET /healthz`: says that the process answers, and what it takes the time to be, in ms since the epoch. */
export function health(): Response {
  return Response.json({ status: "ok", version: VERSION, now: Date.now() }, {
    headers: HEADERS,
  });
}

/** `GET /readyz`: says whether streams can be opened and messages published. */
export function ready({ journal, refusal }: Services): Handler {
  return async () => {
    const reason = refusal()?.state ??
      (await journal.isReady() ? undefined : "without its journal");
    if (reason) {
      throw new HttpError(503, `The server is ${reason}`, {
        ...HEADERS,
        "retry-after": "1",
      });
    }
    return Response.json({ status: "ready" }, { headers: HEADERS });
  };
}
