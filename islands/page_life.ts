import type { StreamConnection } from "./connection.ts";

/**
 * How long a page is out of sight before its stream is closed, in ms. Browsers open six connections to a server without
 * HTTP/2, for all pages together: forgotten tabs would use them up, and the next page would never load. A glance
 * elsewhere is shorter.
 */
const OUT_OF_SIGHT_MS = 20_000;

/** Opens the stream, and closes it while the page is put aside. What it misses comes back with the page. */
export function followPage(stream: StreamConnection): void {
  let leaving: ReturnType<typeof setTimeout> | undefined;
  let isAway = false;
  const leave = () => {
    isAway = true;
    stream.close();
  };
  const comeBack = () => {
    clearTimeout(leaving);
    if (isAway) stream.reopen();
    isAway = false;
  };
  // A page with an open connection is not kept for the way back.
  addEventListener("pagehide", leave);
  addEventListener("pageshow", comeBack);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) leaving = setTimeout(leave, OUT_OF_SIGHT_MS);
    else comeBack();
  });
  stream.open();
}
