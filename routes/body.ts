import { concat } from "../events/concat.ts";
import { InputError } from "../events/input_error.ts";
import { HttpError } from "./http_error.ts";

/**
 * Reads a request's body as text.
 *
 * @param maxBytes How large it may be. A larger one is given up as soon as that is known.
 * @throws {InputError} where it is not UTF-8.
 * @throws {HttpError} 413 for a larger one, 503 for one that is cut off.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<string> {
  const bytes = await readBytes(request, maxBytes);
  if (!bytes) {
    throw new HttpError(
      413,
      `Cannot take this body: it may have ${maxBytes} bytes at most`,
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

/** The body's bytes; nothing where there are more. */
async function readBytes(
  request: Request,
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const length = request.headers.get("content-length") ?? "";
  if (Number(length) > maxBytes) return undefined;
  try {
    // A body that says how long it is, is as long, and is read at once. One that says so twice ("9, 9") is measured.
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
