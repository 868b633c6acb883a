import { benchPath } from "../paths.ts";
import type { Peer } from "../peer.ts";
import { OWN_CHANNELS } from "./own_channels.ts";

/** A server in `servers/` that Deno runs from source. */
export function denoPeer(name: string, about: string): Peer {
  return {
    name,
    about,
    version: () => Promise.resolve(`Deno ${Deno.version.deno}`),
    command: (port) => [
      Deno.execPath(),
      "run",
      "--quiet",
      "--allow-net",
      benchPath(`servers/${name}.ts`),
      `${port}`,
    ],
    clock: "/sse/",
    channels: OWN_CHANNELS,
  };
}
