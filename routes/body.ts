import { concat } from "@std/bytes/concat";
import { InputError } from "../events/input_error.ts";
import { HttpError } from "./http_error.ts";

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

/** A Content-Length, perhaps repeated: `9` or `9, 9`. */
const LENGTH = /^(\d+)(?:, \1)*$/;

/**
 * Reads a request's body as text, to its end.
 *
 * @param maxBytes The largest size that is taken, in bytes. Of a larger body no more is read than it takes to know.
 * @throws {InputError} if the body is not UTF-8, or not as long as its Content-Length.
 * @throws {HttpError} 411 if nothing says where the body ends, 413 if it is too large.
 * @throws {CutBodyError} if the connection is lost before its end.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<string> {
  const bytes = await readBytes(request, maxBytes);
  if (!bytes) {
    throw new HttpError(
      413,
      `Cannot take this body: it must have ${maxBytes} bytes at most`,
    );
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new InputError("Cannot take this body: it must be UTF-8");
  }
}

/** Reads the body's bytes. Returns undefined if there are more than `maxBytes`. */
async function readBytes(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const length = readLength(request);
  if (length !== undefined && length > maxBytes) return undefined;
  const bytes = await readWhole(request, maxBytes);
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

async function readWhole(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const length = request.headers.get("content-length") ?? "";
  try {
    // The body ends at its Content-Length. With a repeated one ("9, 9") that is not sure, and the body is measured.
    return /^\d+$/.test(length)
      ? await request.bytes()
      : await readUpTo(maxBytes, request.body);
  } catch (error) {
    throw new CutBodyError(error);
  }
}

async function readUpTo(
  maxBytes: number,
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return concat(chunks);
}
