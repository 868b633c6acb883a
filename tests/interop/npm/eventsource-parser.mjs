import { createParser } from "eventsource-parser";
import { print, printError } from "./print.mjs";

/** How long to wait when the stream has not said it yet, in ms. */
const RETRY_MS = 3_000;

/** The library only parses: connecting again is the caller's. */
export async function subscribe(url, { isBare }) {
  let lastEventId = "";
  let retryMs = RETRY_MS;
  do {
    const parser = createParser({
      onEvent({ event = "message", id = "", data }) {
        if (id) lastEventId = id;
        print("event", { type: event, id, data });
      },
      onRetry(ms) {
        retryMs = ms;
      },
      onError: printError,
    });
    try {
      const headers = { accept: "text/event-stream" };
      if (lastEventId) headers["last-event-id"] = lastEventId;
      const response = await fetch(url, { headers });
      if (response.status !== 200) break;
      print("open");
      const text = response.body.pipeThrough(new TextDecoderStream());
      for await (const chunk of text) parser.feed(chunk);
    } catch (error) {
      printError(error);
    }
    if (!isBare) await new Promise((resolve) => setTimeout(resolve, retryMs));
  } while (!isBare);
  print("end");
}
