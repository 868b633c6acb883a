import { concat } from "../channels/concat.ts";
import { HttpError } from "./http_error.ts";

/**
 * Reads a request's body as text.
 *
 * @param maxBytes How large it may be. A larger one is given up as soon as that is known.
 * @throws {HttpError} 413 for a larger one, 400 for one that is no UTF-8, 503 for one that is cut off.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<string> {
  const tooLarge = () =>
    new HttpError(
      413,
      `Cannot take this body: it may have ${maxBytes} bytes at most`,
    );
  const length = Number(request.headers.get("content-length") ?? 0);
  if (length > maxBytes) throw tooLarge();

  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw new HttpError(503, `Cannot read this body to its end: ${error}`, {
      "retry-after": "1",
    });
  }
  if (size > maxBytes) throw tooLarge();
  return decode(concat(chunks));
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
      .decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new HttpError(400, "Cannot take this body: it must be UTF-8");
  }
}
