import type { Handler } from "./handler.ts";
import { HttpError } from "./http_error.ts";
import type { Services } from "./services.ts";

const HEADERS = { "cache-control": "no-store" };

/** `GET /readyz`: answers 200 while streams can be opened and messages published, else 503. */
export function ready({ journal, refusal }: Services): Handler {
  return async () => {
    const reason = refusal()?.status.state ??
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
