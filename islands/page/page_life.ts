import type { StreamConnection } from "./connection.ts";

/**
 * How long a page is hidden before its stream is closed, in ms: longer than a glance at another tab. Without HTTP/2,
 * browsers open six connections to a server, for all pages together. Forgotten tabs would use them up, and the next page
 * would never load.
 */
const OUT_OF_SIGHT_MS = 20_000;

/**
 * Opens the stream when the page is visible, and closes it while the page is hidden. The stream reconnects at once when
 * the page or the network comes back, and resumes.
 */
export function followPage(stream: StreamConnection): void {
  let leaving: ReturnType<typeof setTimeout> | undefined;
  // A tab opened in the background opens no connection.
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
  // Browsers do not keep a page with an open connection for Back.
  addEventListener("pagehide", leave);
  addEventListener("pageshow", ({ persisted }) => {
    // The event also follows the first load.
    if (persisted) comeBack();
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return comeBack();
    clearTimeout(leaving);
    leaving = setTimeout(leave, OUT_OF_SIGHT_MS);
  });
  // The old connection may belong to another network, and would stay silent.
  addEventListener("online", () => {
    if (!isAway) stream.comeBack();
  });
  if (!isAway) stream.open();
}
