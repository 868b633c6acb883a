import { print, printError } from "./print.mjs";

/** The types that the tests publish. An `EventSource` hands over only those that somebody listens for. */
const TYPES = ["message", "status", "weather"];
const CLOSED = 2;

/** Some libraries let Node exit while they wait for their next attempt. In ms, any. */
const KEEP_ALIVE_MS = 60_000;

/** Prints what an `EventSource` dispatches, whichever library made it. */
export function printEvents(source, { isBare }) {
  if (!isBare) setInterval(() => {}, KEEP_ALIVE_MS);
  source.addEventListener("open", () => print("open"));
  source.addEventListener("error", (event) => {
    printError(event.message ?? "error");
    if (source.readyState === CLOSED) print("end");
  });
  for (const type of TYPES) {
    source.addEventListener(type, ({ lastEventId, data }) => {
      print("event", { type, id: lastEventId, data });
    });
  }
}
