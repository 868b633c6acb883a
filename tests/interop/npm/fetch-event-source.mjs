import { fetchEventSource } from "@microsoft/fetch-event-source";
import { print, printError } from "./print.mjs";

// The library is made for browsers.
globalThis.window = globalThis;
globalThis.document = new EventTarget();

export async function subscribe(url, { isBare }) {
  const mended = {
    openWhenHidden: true,
    // Without it, a stream that ends is over for good.
    onclose() {
      throw new Error("The stream ended");
    },
  };
  try {
    await fetchEventSource(url, {
      ...(isBare ? {} : mended),
      onopen({ status }) {
        if (status !== 200) throw new Error(`The status is ${status}`);
        print("open");
      },
      onmessage({ event, id, data }) {
        print("event", { type: event || "message", id, data });
      },
      onerror: printError,
    });
  } catch (error) {
    printError(error);
  }
  print("end");
}
