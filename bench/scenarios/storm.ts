import {
  CPU_PER_CLIENT,
  OPENED_PER_S,
  OPENING_MAX,
  OPENING_P50,
  OPENING_P99,
} from "../columns.ts";
import type { Peer } from "../peer.ts";
import type { Column, Scenario } from "../scenario.ts";
import { channelFlags } from "./channel_flags.ts";

const CLIENTS = 5_000;
/** How many events each client that comes back has missed. */
const BACK = 100;
/** Events before the one whose id the clients come back with, so that it is not the first event of the server. */
const PRIME = 2 * BACK;

const COLUMNS: readonly Column[] = [
  OPENED_PER_S,
  CPU_PER_CLIENT,
  OPENING_P50,
  OPENING_P99,
  OPENING_MAX,
];

function hasNoChannels({ channels }: Peer): string | undefined {
  return channels ? undefined : "has no channels";
}

/** Many clients connect at once; measured until the head of each answer. */
export const connectStorm: Scenario = {
  name: "connect",
  about: `${
    CLIENTS.toLocaleString("en")
  } clients connect as fast as the server takes them, 128 at a time`,
  lacks: hasNoChannels,
  steps: ({ channels }) => [{
    load: {
      ...channelFlags(channels!),
      clients: CLIENTS,
      "measure-ms": 0,
    },
  }],
  columns: COLUMNS,
};

/** Many clients come back at once; measured until each has the last event that it missed. */
export const resumeStorm: Scenario = {
  name: "resume",
  about: `${
    CLIENTS.toLocaleString("en")
  } clients come back ${BACK} events later as fast as the server takes them, 128 at a time; until the last of those events`,
  lacks: (peer) =>
    hasNoChannels(peer) ??
      (peer.channels!.resumes ? undefined : "does not resume"),
  steps: ({ channels }) => [{
    load: {
      ...channelFlags(channels!),
      clients: CLIENTS,
      publishers: 1,
      prime: PRIME,
      back: BACK,
      "measure-ms": 0,
    },
  }],
  columns: COLUMNS,
};
