import type { Channels } from "../peer.ts";

/** The channels of the servers in `servers/`: a stream and a place to publish at one path, as Chime's are. */
export const OWN_CHANNELS: Channels = {
  stream: "/sse/{c}",
  publish: "/sse/{c}",
};
