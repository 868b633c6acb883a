import type { Sink } from "../hub/sink.ts";
import type { Client } from "./client.ts";
import { StreamSink } from "./stream_sink.ts";

/** The type of a stream. Without a charset, some clients take it for Latin-1. */
export const STREAM_TYPE = "text/event-stream; charset=utf-8";

/** Makes the response of a stream. */
export function streamResponse(body: BodyInit | null): Response {
  return new Response(body, {
    headers: {
      "content-type": STREAM_TYPE,
      // A proxy that compresses may hold the end of each event until the next write.
      "cache-control": "no-cache, no-transform",
      // Without it, nginx buffers events.
      "x-accel-buffering": "no",
    },
  });
}

/**
 * Answers with a stream.
 *
 * @param open Has a hub write to the sink.
 */
export function openStream(
  client: Client,
  open: (sink: Sink) => void,
): Response {
  const sink = client.makeSink?.() ?? new StreamSink();
  open(sink);
  return streamResponse(sink.body);
}
