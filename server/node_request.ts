import type { IncomingMessage } from "node:http";

/**
 * Makes the `Request` of a message, as `Deno.serve` does: its URL is the target as it was sent, which `new Request` would
 * change, with `http://` and `Host` before it. `new Request` throws for some methods, and for a GET with a body: the
 * method is set afterwards, and the body of a GET or a HEAD is left out.
 *
 * @param host The server's own name, for a request that names none.
 */
export function toRequest(message: IncomingMessage, host: string): Request {
  const { method = "", url: target = "", rawHeaders } = message;
  const headers = new Headers();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    headers.append(rawHeaders[i]!, rawHeaders[i + 1]!);
  }
  const hasBody = method !== "GET" && method !== "HEAD" &&
    (headers.has("content-length") || headers.has("transfer-encoding"));
  const request = new Request("http://localhost/", {
    method: "POST",
    headers,
    body: hasBody ? toBody(message) : null,
  });
  return Object.defineProperties(request, {
    method: { value: method },
    url: { value: toUrl(target, headers.get("host") || host) },
  });
}

function toUrl(target: string, host: string): string {
  if (target.startsWith("/")) return `http://${host}${target}`;
  // `OPTIONS *`
  return target === "*" ? `http://${host}/*` : target;
}

/** The body. Canceling it does not destroy the connection, so that an answer can still be sent. */
function toBody(message: IncomingMessage): ReadableStream<Uint8Array> {
  return ReadableStream.from<Uint8Array>(
    message.iterator({ destroyOnReturn: false }),
  );
}
