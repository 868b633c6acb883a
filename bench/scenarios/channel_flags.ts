import type { LoadFlags } from "../load.ts";
import type { Channels } from "../peer.ts";

/** How the server's channels are spoken to, as the load generator takes it. */
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
