import { ForbiddenError, UnauthorizedError } from "../access/access_error.ts";
import { readSubject } from "../access/read_rights.ts";
import { InputError } from "../events/input_error.ts";
import { log } from "../log/log.ts";
import { toAsking } from "./asking.ts";
import type { Handler } from "./handler.ts";
import { HttpError } from "./http_error.ts";
import type { Services } from "./services.ts";
import type { Target } from "./target.ts";

/** `DELETE /subjects?subject=…`: revokes a subject's credentials that were made up to now, and ends its streams. */
export function revokeSubject({ access }: Services): Handler {
  const { gate, revocations } = access;
  return async (request, target, client) => {
    const grants = await gate.identify(toAsking(request, target, client));
    if (!grants.some(({ rights }) => rights.admin)) {
      throw grants.length > 0
        ? new ForbiddenError(
          "Cannot revoke: the credential has no right to",
          [],
        )
        : new UnauthorizedError(
          "Cannot revoke without a token: send it as Authorization: Bearer <token>",
          { isWrong: false },
        );
    }
    const subject = readParameter(target);
    if (!await revocations.revoke(subject)) {
      throw new HttpError(503, "Cannot revoke: too many subjects are revoked");
    }
    log.info("a subject was revoked", { subject });
    return new Response(null, { status: 204 });
  };
}

/** @throws {InputError} where there is not one subject, or where there is any other parameter. */
function readParameter({ query }: Target): string {
  const [subject, ...others] = query.getAll("subject");
  const isAlone = [...query.keys()].every((name) => name === "subject");
  if (others.length === 0 && isAlone) return readSubject(subject);
  throw new InputError("Cannot revoke: the query must have one subject alone");
}
