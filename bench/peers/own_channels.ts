import type { Channels } from "../peer.ts";

/** The channels of the servers in `servers/`: as with Chime, one path for subscribing and publishing. */
export const OWN_CHANNELS: Channels = {
  stream: "/sse/{c}",
  publish: "/sse/{c}",
};
