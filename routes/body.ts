import { concat } from "@std/bytes/concat";
import { InputError } from "../events/input_error.ts";
import { HttpError } from "./http_error.ts";

/**
 * Reads a request's body as text.
 *
 * @param maxBytes The largest size that is taken, in bytes. Of a larger body no more is read than it takes to know.
 * @throws {InputError} if the body is not UTF-8.
 * @throws {HttpError} 413 if the body is too large, 503 if the connection is lost before its end.
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
  const length = request.headers.get("content-length") ?? "";
  if (Number(length) > maxBytes) return undefined;
  try {
    // HTTP ends a body at its Content-Length. A repeated one ("9, 9") is no number, and such a body is measured.
    return /^\d+$/.test(length)
      ? await request.bytes()
      : await readUpTo(maxBytes, request.body);
  } catch (error) {
    throw new HttpError(503, `Cannot read this body to its end: ${error}`, {
      "retry-after": "1",
    });
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
