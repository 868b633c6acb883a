import { capture } from "../capture.ts";
import { benchPath, peersPath } from "../paths.ts";
import type { Peer } from "../peer.ts";
import { OWN_CHANNELS } from "./own_channels.ts";

const PACKAGE = peersPath("node_modules/better-sse");

/** A package for Node: https://www.npmjs.com/package/better-sse */
export const betterSse: Peer = {
  name: "better_sse",
  about: "better-sse on Node, its channels",
  async version() {
    const node = await capture("node", "--version");
    try {
      const manifest = await Deno.readTextFile(`${PACKAGE}/package.json`);
      return node && `${JSON.parse(manifest).version}, Node ${node}`;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  },
  command: (port) => [
    "node",
    benchPath("servers/better_sse.mjs"),
    `${port}`,
    PACKAGE,
  ],
  clock: "/sse/",
  channels: OWN_CHANNELS,
};
