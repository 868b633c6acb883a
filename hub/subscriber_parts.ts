import type { Audience } from "./audience.ts";
import type { DeliverFrom } from "./deliver_from.ts";
import type { Sink } from "./sink.ts";
import type { StreamOptions } from "./stream_options.ts";

/** What makes one stream. */
export interface SubscriberParts {
  readonly audience: Audience;
  readonly from: DeliverFrom;
  readonly sink: Sink;
  readonly options: StreamOptions;
  /** Called when the stream has ended, perhaps several times. */
  readonly onLeave?: (() => void) | undefined;
}
