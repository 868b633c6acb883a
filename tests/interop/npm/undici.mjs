import { EventSource } from "undici";
import { printEvents } from "./event_target.mjs";

export function subscribe(url, options) {
  printEvents(new EventSource(url), options);
}
