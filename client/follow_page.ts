import type { Stream } from "./stream.ts";

/**
 * Lets a stream come back at once when the network or the page does. Browsers keep a page for Back, and freeze it, only
 * without an open connection. Elsewhere than in a browser there are no such events.
 *
 * @param signal Ends it.
 */
export function followPage(stream: Stream, signal: AbortSignal): void {
  const on = (type: string, listener: () => void) =>
    globalThis.addEventListener?.(type, listener, { signal });
  on("online", () => stream.move());
  on("pagehide", () => stream.cut());
  on("pageshow", () => stream.refresh());
  on("visibilitychange", () => {
    if (!document.hidden) stream.refresh();
  });
}
