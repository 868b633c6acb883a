import {
  ANSWER_P99,
  CPU_PER_DELIVERY,
  DELIVERIES_PER_S,
  LATENCY_P50,
  LATENCY_P99,
  LOAD_BUSY,
  MEMORY_PER_CLIENT,
} from "../columns.ts";
import type { Scenario } from "../scenario.ts";
import { channelFlags } from "./channel_flags.ts";

const CHANNELS = 10_000;
const RATE = 1_000;

/** As many channels as clients: what a channel costs, and whether a message to one slows the others down. */
export const manyChannels: Scenario = {
  name: "channels",
  about: `${CHANNELS.toLocaleString("en")} channels with one client each, ${
    RATE.toLocaleString("en")
  } messages a second to one after the other from 4 publishers`,
  lacks: ({ channels }) => channels ? undefined : "has no channels",
  steps: ({ channels }, isQuick) => [{
    load: {
      ...channelFlags(channels!),
      clients: CHANNELS,
      channels: CHANNELS,
      publishers: 4,
      rate: RATE,
      "warmup-ms": isQuick ? 2_000 : 5_000,
      "measure-ms": isQuick ? 5_000 : 10_000,
    },
  }],
  columns: [
    CPU_PER_DELIVERY,
    DELIVERIES_PER_S,
    LATENCY_P50,
    LATENCY_P99,
    ANSWER_P99,
    MEMORY_PER_CLIENT,
    LOAD_BUSY,
  ],
};
