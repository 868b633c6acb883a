import type { StreamConnection } from "./connection.ts";

/**
 * How long a page is out of sight before its stream is closed, in ms. Browsers open six connections to a server without
 * HTTP/2, for all pages together: forgotten tabs would use them up, and the next page would never load. A glance
 * elsewhere is shorter.
 */
const OUT_OF_SIGHT_MS = 20_000;

/**
 * Opens the stream once the page is in sight, and closes it while the page is put aside. What it misses comes back with
 * the page, or with the network, at once.
 */
export function followPage(stream: StreamConnection): void {
  let leaving: ReturnType<typeof setTimeout> | undefined;
  // A tab that is opened in the background takes no connection.
  let isAway = document.hidden;
  const leave = () => {
    isAway = true;
    stream.close();
  };
  const comeBack = () => {
    clearTimeout(leaving);
    if (isAway) stream.reopen();
    else stream.refresh();
    isAway = false;
  };
  // A page with an open connection is not kept for the way back.
  addEventListener("pagehide", leave);
  addEventListener("pageshow", ({ persisted }) => {
    // Every page that is loaded is shown, too.
    if (persisted) comeBack();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return comeBack();
    clearTimeout(leaving);
    leaving = setTimeout(leave, OUT_OF_SIGHT_MS);
  });
  // What was open before may have been another network's, and would be silent from now on.
  addEventListener("online", () => {
    if (!isAway) stream.comeBack();
  });
  if (!isAway) stream.open();
}
