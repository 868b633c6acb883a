import { readObject, readRights } from "../access/read_rights.ts";
import { InputError } from "../events/input_error.ts";
import { toAsking } from "./asking.ts";
import { MAX_SILENCE_MS, readBody } from "./body.ts";
import type { Handler } from "./handler.ts";
import { HttpError } from "./http_error.ts";
import type { Services } from "./services.ts";

/** How large the body may be, in bytes. */
const MAX_BYTES = 64 * 1024;
/** When whoever was refused for want of room may come again, in s. */
const RETRY_AFTER_S = 5;

/** `POST /tickets`: issues a ticket, which opens one stream with the rights of the request, or with fewer. */
export function issueTicket({ access }: Services): Handler {
  const { gate, tickets } = access;
  return async (request, target, client) => {
    const asking = toAsking(request, target, client);
    // Not more of a stranger's request than its head.
    gate.requireCredential(await gate.identify(asking), "subscribe");
    const body = await readBody(request, {
      maxBytes: MAX_BYTES,
      maxSilenceMs: MAX_SILENCE_MS,
    });
    const wanted = body === "" ? undefined : readRights(parse(body));
    const grants = await gate.gather(asking, wanted?.subscribe ?? []);
    const issued = await tickets.issue(grants, wanted);
    if (issued) {
      return Response.json(issued, {
        status: 201,
        headers: { "cache-control": "no-store" },
      });
    }
    throw new HttpError(
      429,
      "Cannot issue a ticket: too many wait to be used",
      { "retry-after": `${RETRY_AFTER_S}` },
    );
  };
}

function parse(body: string): Record<string, unknown> {
  try {
    return readObject(JSON.parse(body), "the body");
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InputError("Cannot use the body: it must be a JSON object");
  }
}
