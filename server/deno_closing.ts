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
  const { headers, body } = response;
  if (headers.get("connection") !== "close") return response;
  // HTTP/2 has no such header, and neither need HTTP/1.0, where every connection is closed.
  const isHttp1 = request.headers.has("host");
  const isStream = headers.get("content-type") === "text/event-stream";
  if (!isHttp1 || !isStream || request.method === "HEAD") {
    headers.delete("connection");
    return response;
  }
  return new Response(failAfter(body!), response);
}

/** The body with a failure in the place of its end. */
function failAfter(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.error(CLOSING);
      else controller.enqueue(value);
    },
    // The error would drop bytes that are not read yet.
  }, { highWaterMark: 0 });
}
