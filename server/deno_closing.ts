import { STREAM_TYPE } from "../routes/stream.ts";
import { MAX_DROPPED_BYTES } from "./drop_body.ts";

/** The error of a body that is there to close the connection. */
const CLOSING = new Error("The connection is closed after this answer");

/** Whether the error is not one, but closes a connection. */
export function isClosing(error: unknown): boolean {
  return error === CLOSING;
}

/**
 * Closes the connection after an answer that has `connection: close`. `Deno.serve` sends that header, and keeps the
 * connection. It closes it if the body fails: over HTTP/1, a client has all bytes by then, and a stream's client comes
 * back as after any end.
 *
 * Over HTTP/2, a failure would take back the bytes, and clients take a document that does not end for none. There, the
 * connection stays, and the answer does not say that it closes.
 */
export function closeAfter(request: Request, response: Response): Response {
  // Asking for the body alone would make a stream of it, which is slower, and has no length.
  const { headers } = response;
  // HTTP/2 has no such header, and neither need HTTP/1.0, where every connection is closed.
  const isHttp1 = request.headers.has("host");
  if (hasLongBody(request) && response.body) {
    headers.delete("content-length");
    // A document is one chunk. A stream is cut after its first, as the body would be read all the time.
    return new Response(failAfter(response.body, 1), response);
  }
  if (headers.get("connection") !== "close") return response;
  const isStream = headers.get("content-type") === STREAM_TYPE;
  if (!isHttp1 || !isStream || request.method === "HEAD") {
    headers.delete("connection");
    return response;
  }
  return new Response(failAfter(response.body!), response);
}

/**
 * Whether a GET over HTTP/1 has a body that may be longer than what is dropped of one. `Deno.serve` shows the body of no
 * GET, and reads it to its end after the answer.
 */
export function hasLongBody({ method, headers }: Request): boolean {
  return method === "GET" && headers.has("host") &&
    (headers.has("transfer-encoding") ||
      Number(headers.get("content-length")) > MAX_DROPPED_BYTES);
}

/**
 * The body with a failure in the place of its end.
 *
 * @param maxChunks The body fails after so many chunks, also where it goes on.
 */
function failAfter(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxChunks = Infinity,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  let chunks = 0;
  return new ReadableStream({
    async pull(controller) {
      if (chunks++ === maxChunks) await reader.cancel();
      const { done, value } = await reader.read();
      if (done) controller.error(CLOSING);
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
    // The error would drop bytes that are not read yet.
  }, { highWaterMark: 0 });
}
