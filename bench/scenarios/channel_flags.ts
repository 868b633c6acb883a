import type { LoadFlags } from "../load.ts";
import type { Channels } from "../peer.ts";

/** Returns the load generator's flags for the channels of a server. */
export function channelFlags(channels: Channels): LoadFlags {
  const { stream, streamHeaders, publish, body, publishHeaders } = channels;
  return {
    path: stream,
    header: streamHeaders ?? [],
    "publish-path": publish,
    "publish-body": body ?? "{m}",
    "publish-header": publishHeaders ?? [],
  };
}
