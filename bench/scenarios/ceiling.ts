import {
  DELIVERIES_PER_S,
  HELD_RATE,
  LATENCY_P50,
  LATENCY_P99,
  LOAD_BUSY,
} from "../columns.ts";
import type { Scenario } from "../scenario.ts";
import { channelFlags } from "./channel_flags.ts";

const CLIENTS = 1_000;
const PUBLISHERS = 16;
/** The rate to begin with, in messages a second, which all servers hold. */
const RATE = 20;
const CEILING_MS = 100;

/** How much a server takes before its clients notice. */
export const ceiling: Scenario = {
  name: "ceiling",
  about: `${
    CLIENTS.toLocaleString("en")
  } clients of one channel; the rate rises until 1 % of the deliveries take more than ${CEILING_MS} ms, or the server does not accept it`,
  lacks: ({ channels }) => channels ? undefined : "has no channels",
  steps: ({ channels }, isQuick) => [{
    load: {
      ...channelFlags(channels!),
      clients: CLIENTS,
      publishers: PUBLISHERS,
      rate: RATE,
      "ceiling-ms": CEILING_MS,
      "warmup-ms": isQuick ? 1_000 : 3_000,
      "measure-ms": isQuick ? 1_000 : 2_000,
    },
  }],
  columns: [HELD_RATE, DELIVERIES_PER_S, LATENCY_P50, LATENCY_P99, LOAD_BUSY],
};
