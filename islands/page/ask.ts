/** How many requests may wait for an answer at once. A browser opens six connections to a server, for all pages. */
const MAX_WAITING = 3;

/**
 * Sends a request, and sends it again where no answer comes soon; the first answer counts, and the others are let go.
 *
 * A network that forgot a stream's connection forgot those that lie idle in the browser, too. The browser cannot know,
 * and sends request after request on each of them before it opens a new one.
 *
 * @param againMs How long to wait before the request is sent once more, in ms.
 * @returns The answer; undefined where every request failed, or the signal aborted. Its body ends with the signal.
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
