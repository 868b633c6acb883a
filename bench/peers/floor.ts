import { capture } from "../capture.ts";
import { compileC } from "../load.ts";
import { benchPath } from "../paths.ts";
import type { Peer } from "../peer.ts";
import { OWN_CHANNELS } from "./own_channels.ts";

const PROGRAM = benchPath("build/floor");

let compiled: Promise<void> | undefined;

/** The lowest cost of a delivery, if each is one `send()`. */
export const floor: Peer = {
  name: "floor",
  about: "one send() per delivery from a loop in C, nothing queued or stored",
  async version() {
    return (await capture("cc", "--version"))?.split("\n")[0];
  },
  async command(port) {
    await (compiled ??= compileC(PROGRAM, [benchPath("servers/floor.c")]));
    return [PROGRAM, `${port}`];
  },
  clock: "/sse/",
  channels: OWN_CHANNELS,
};
