import { capture } from "../capture.ts";
import { benchPath } from "../paths.ts";
import type { Peer } from "../peer.ts";
import { OWN_CHANNELS } from "./own_channels.ts";

/** Node without any package. */
export const nodeHttp: Peer = {
  name: "node_http",
  about: "node:http, one frame for all, written to each response",
  async version() {
    const version = await capture("node", "--version");
    return version && `Node ${version}`;
  },
  command: (port) => ["node", benchPath("servers/node_http.mjs"), `${port}`],
  clock: "/sse/",
  channels: OWN_CHANNELS,
};
