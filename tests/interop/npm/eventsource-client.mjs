import { createEventSource } from "eventsource-client";
import { print } from "./print.mjs";

export function subscribe(url) {
  createEventSource({
    url,
    onConnect: () => print("open"),
    onDisconnect: () => print("error", { message: "disconnected" }),
    onMessage({ event = "message", id = "", data }) {
      print("event", { type: event, id, data });
    },
  });
}
