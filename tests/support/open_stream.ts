import type { EventId } from "../../events/event_id.ts";
import type { Frame } from "../../events/frame.ts";
import { type DeliverFrom, type Fresh, NEW } from "../../hub/deliver_from.ts";
import type { Format } from "../../hub/format.ts";
import type { Hub } from "../../hub/hub.ts";
import { STREAM_OPTIONS } from "../../hub/stream_options.ts";
import { StreamSink } from "../../routes/stream_sink.ts";

/** Opens a stream of a hub's channels as a `ReadableStream`. */
export function openStream(
  hub: Hub,
  channels: readonly string[],
  from: DeliverFrom = NEW,
  format: Format = "named",
): ReadableStream<Frame> {
  const sink = new StreamSink();
  hub.open(channels, from, sink, { ...STREAM_OPTIONS, format });
  return sink.body;
}

/** Where the stream of a reader begins that saw the id last. */
export function after(id: EventId, afterReset: Fresh = NEW): DeliverFrom {
  return { kind: "after", id, afterReset };
}
