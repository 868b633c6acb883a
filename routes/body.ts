import { concat } from "@std/bytes/concat";
import { InputError } from "../events/input_error.ts";
import { HttpError } from "./http_error.ts";
import { Silence, SlowBodyError } from "./silence.ts";

/** The body could not be read to its end, most often as its client has left: no fault of the server's. */
export class CutBodyError extends HttpError {
  override name = "CutBodyError";

  /** @param cause What was caught. */
  constructor(cause: unknown) {
    super(503, `Cannot read this body to its end: ${cause}`, {
      "retry-after": "1",
    });
  }
}

/** Limits for {@linkcode readBody}. */
export interface BodyLimits {
  /** The largest size that is taken, in bytes. Of a larger body no more is read than it takes to know. */
  maxBytes: number;
  /** The longest time without a byte, in ms. */
  maxSilenceMs: number;
}

/** The longest time without a byte of a body that is a message, in ms. */
export const MAX_SILENCE_MS = 30_000;

/** From what size on a body's bytes are freed at once. */
const LARGE_BYTES = 16 * 1024;

/** A Content-Length, perhaps repeated: `9` or `9, 9`. */
const LENGTH = /^(\d+)(?:, \1)*$/;

/**
 * Reads a request's body as text, to its end.
 *
 * @throws {InputError} if the body is not UTF-8, or not as long as its Content-Length.
 * @throws {HttpError} 411 if nothing says where the body ends, 413 if it is too large.
 * @throws {CutBodyError} if the connection is lost before its end.
 * @throws {SlowBodyError} if it pauses for too long.
 */
export async function readBody(
  request: Request,
  limits: BodyLimits,
): Promise<string> {
  const bytes = await readBytes(request, limits);
  if (!bytes) {
    throw new HttpError(
      413,
      `Cannot take this body: it must have ${limits.maxBytes} bytes at most`,
    );
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
    free(bytes);
    return text;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputError("Cannot take this body: it must be UTF-8");
  }
}

/** Frees bytes that nobody else has: the garbage collector lets some hundred large bodies pile up. */
function free({ byteLength, buffer }: Uint8Array<ArrayBuffer>): void {
  const isAlone = buffer.byteLength === byteLength;
  if (isAlone && byteLength >= LARGE_BYTES) buffer.transfer(0);
}

/** Reads the body's bytes. Returns undefined if there are more than `maxBytes`. */
async function readBytes(
  request: Request,
  limits: BodyLimits,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const length = readLength(request);
  if (length !== undefined && length > limits.maxBytes) return undefined;
  const bytes = await readUpTo(request, limits);
  if (!bytes || length === undefined || bytes.length === length) return bytes;
  if (!request.headers.has("content-length")) throw lengthRequired();
  throw new InputError(
    `Cannot take ${bytes.length} bytes: a body must be as long as its Content-Length, ${length}`,
  );
}

/**
 * Reads from the headers how long the body is, in bytes. `Deno.serve` checks the end of a chunked body, but shows an
 * HTTP/2 stream that was reset as a body that has ended: https://www.rfc-editor.org/rfc/rfc9113#section-8.1.1
 *
 * @returns Nothing for a chunked body, which only HTTP/1.1 has; 0 where there is no body, as with `curl -X POST`.
 * @throws {HttpError} 411 if the headers do not say it.
 */
function readLength({ headers }: Request): number | undefined {
  if (headers.has("transfer-encoding")) return undefined;
  const length = LENGTH.exec(headers.get("content-length") ?? "");
  if (length) return Number(length[1]);
  // HTTP/1.1 has a Host, and no body where nothing says how long it is: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
  if (headers.has("host") && !headers.has("content-length")) return 0;
  throw lengthRequired();
}

function lengthRequired(): HttpError {
  return new HttpError(
    411,
    "Cannot tell where this body ends: a publish must have a Content-Length, or be chunked over HTTP/1.1",
  );
}

/**
 * Reads the body to its end.
 *
 * @returns Nothing for a body of more than `maxBytes`.
 *
 * A body that is not read to its end is left without a lock: the listener drops the rest after the answer.
 */
async function readUpTo(
  { body }: Request,
  { maxBytes, maxSilenceMs }: BodyLimits,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!body) return new Uint8Array();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  let isSlow = false;
  const reader = body.getReader();
  using silence = new Silence(maxSilenceMs, () => {
    isSlow = true;
    // The read that waits fails.
    reader.releaseLock();
  });
  try {
    while (size <= maxBytes) {
      const { done, value } = await reader.read();
      if (done) return chunks.length === 1 ? chunks[0] : concat(chunks);
      // HTTP/2 has frames of no bytes.
      if (value.length > 0) silence.noteByte();
      size += value.length;
      chunks.push(value);
    }
  } catch (error) {
    throw isSlow ? new SlowBodyError(maxSilenceMs) : new CutBodyError(error);
  }
  reader.releaseLock();
  return undefined;
}
