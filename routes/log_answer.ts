import { UndecidedError } from "../access/access_error.ts";
import { CutBodyError } from "./body.ts";
import { log } from "../log/log.ts";
import type { HttpError } from "./http_error.ts";
import { refusalOf } from "./refusal.ts";

/** A request and what became of it. */
export interface Answered {
  readonly request: Request;
  readonly requestId: string;
  /** The client's IP address. */
  readonly address: string;
  /** The decoded path, unless the request's target could not be read. */
  readonly path: string | undefined;
  readonly response: Response;
  /** What a handler threw, and what the client is shown of it. */
  readonly failure:
    | { readonly error: unknown; readonly shown: HttpError }
    | undefined;
}

/**
 * Logs what should not go unseen: defects, every other answer with a 5xx, and each publish and stream that is refused.
 * That a client has left is none of these.
 * A query and headers are never logged, as they may hold secrets.
 */
export function logFailure(answered: Answered): void {
  const { response, failure } = answered;
  if (failure?.error instanceof CutBodyError) return;
  // What could not decide it has logged why, once a minute.
  if (failure?.error instanceof UndecidedError) return;
  if (response.status === 500) {
    log.error("a request failed", {
      ...fieldsOf(answered),
      error: failure?.error,
    });
    return;
  }
  const reason = failure?.shown.message ?? refusalOf(response);
  if (reason === undefined) return;
  const what = kindOf(answered);
  if (what === "request" && response.status < 500) return;
  log.warn(`a ${what} was refused`, { reason, ...fieldsOf(answered) });
}

/**
 * Logs the request.
 *
 * @param ms How long the answer's head took. That of a stream comes when it opens.
 */
export function logAccess(answered: Answered, ms: number): void {
  log.access({ ...fieldsOf(answered), ms: Math.round(ms * 10) / 10 });
}

function fieldsOf({ request, response, path, address, requestId }: Answered) {
  return {
    status: response.status,
    method: request.method,
    path,
    address,
    requestId,
  };
}

function kindOf(
  { request: { method, url }, path }: Answered,
): "publish" | "stream" | "request" {
  // Of a target that cannot be read, too, it shows what the client wanted.
  const isChannel = path === undefined
    ? /^[^?#]*\/sse(?:[/?]|$)/.test(url)
    : /^\/sse(?:\/|$)/.test(path);
  if (!isChannel || method === "OPTIONS") return "request";
  return method === "GET" || method === "HEAD" ? "stream" : "publish";
}
