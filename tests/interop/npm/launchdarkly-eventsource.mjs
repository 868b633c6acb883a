import { EventSource } from "launchdarkly-eventsource";
import { print } from "./print.mjs";
import { printEvents } from "./event_target.mjs";

/** Longer than a heartbeat, in ms. Without it, Node's agent cuts a stream after 5 s of silence. */
const READ_TIMEOUT_MS = 60_000;

export function subscribe(url, options) {
  const source = new EventSource(
    url,
    options.isBare ? {} : { readTimeoutMillis: READ_TIMEOUT_MS },
  );
  printEvents(source, options);
  source.addEventListener("closed", () => print("end"));
}
