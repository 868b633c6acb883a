/** An answer that is no stream. */
export interface Refusal {
  readonly status: number;
  /** What the server said about it, if anything. */
  readonly detail: string | undefined;
  /** Whether the same request would be refused again. */
  readonly isFinal: boolean;
  /** The wait that the server asked for, in ms; 0 for none. */
  readonly afterMs: number;
}

/** Statuses that last, whoever says so: there is nothing more, and not allowed. */
const FINAL = [204, 401, 403];
/** Statuses that last if Chime itself says so. A proxy's pages are something else: it says 404 while Chime restarts, too. */
const FINAL_PROBLEMS = [400, 404, 405, 422];

/** Judges an answer. Returns nothing if it is a stream. */
export async function readRefusal(
  response: Response,
): Promise<Refusal | undefined> {
  const { status, headers } = response;
  // Its essence, without parameters, as the standard says.
  const [type] = (headers.get("content-type") ?? "").toLowerCase()
    .split(/\s*;/);
  if (status === 200 && type === "text/event-stream") return undefined;
  const isProblem = type === "application/problem+json";
  // The status alone counts where the rest cannot be read.
  const problem = isProblem && await response.json().catch(() => undefined);
  return {
    status,
    detail: problem?.detail,
    isFinal: FINAL.includes(status) ||
      isProblem && FINAL_PROBLEMS.includes(status),
    afterMs: readRetryAfter(headers.get("retry-after")),
  };
}

/** Reads seconds, or a date: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function readRetryAfter(text: string | null): number {
  const ms = Number(text ?? 0) * 1_000;
  return Math.max(0, isNaN(ms) ? Date.parse(text!) - Date.now() : ms) || 0;
}
