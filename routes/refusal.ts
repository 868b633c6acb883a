/** Why streams were refused that were answered with 200, for the log. */
const reasons = new WeakMap<Response, string>();

/** Notes that the response refuses a stream though its status is 200. */
export function noteRefusal(response: Response, reason: string): void {
  reasons.set(response, reason);
}

/** Why the response refuses a stream, if it does so with the status 200. */
export function refusalOf(response: Response): string | undefined {
  return reasons.get(response);
}
