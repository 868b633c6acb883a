/** The most requests that wait for an answer. A browser opens six connections to a server, for all pages together. */
const MAX_WAITING = 3;

/**
 * Sends a request, and sends it again if no answer comes soon. The first answer counts, and the other requests are
 * aborted.
 *
 * When a network forgets a stream's connection, it forgets the browser's idle connections, too. The browser does not
 * notice, and uses up each of them for a request before it opens a new one.
 *
 * @param signal Aborts the requests, and the body of the answer.
 * @param againMs The wait before the request is sent again, in ms.
 * @returns The answer. Undefined if all requests failed or the signal aborted.
 */
export function ask(
  url: string,
  init: RequestInit,
  signal: AbortSignal,
  againMs: number,
): Promise<Response | undefined> {
  const { promise, resolve } = Promise.withResolvers<Response | undefined>();
  const waiting = new Set<AbortController>();
  const end = (response?: Response) => {
    clearInterval(timer);
    for (const request of waiting) request.abort();
    waiting.clear();
    resolve(response);
  };
  const send = async () => {
    const [oldest] = waiting;
    if (oldest && waiting.size === MAX_WAITING) {
      waiting.delete(oldest);
      oldest.abort();
    }
    const request = new AbortController();
    waiting.add(request);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    const response = await fetch(url, { ...init, signal: request.signal })
      .catch(() => undefined);
    if (!waiting.delete(request)) return;
    if (response || waiting.size === 0) end(response);
  };
  const timer = setInterval(send, againMs);
  signal.addEventListener("abort", () => end(), { once: true });
  send();
  return promise;
}
