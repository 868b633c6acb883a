import {
  BACK_P50,
  BACK_P99,
  CPU_PER_DELIVERY,
  CUT,
  DELIVERED,
  LOAD_BUSY,
  LOST,
  TWICE,
} from "../columns.ts";
import type { Scenario } from "../scenario.ts";
import { channelFlags } from "./channel_flags.ts";

const CLIENTS = 10_000;
const RATE = 2;
const CUT_MS = 2_000;

/** Clients on bad networks: whether each gets everything, once. */
export const drops: Scenario = {
  name: "drops",
  about: `${
    CLIENTS.toLocaleString("en")
  } clients of one channel, ${RATE} messages a second; each client is cut once, at a moment drawn at random, and comes back ${
    CUT_MS / 1000
  } s later with the last id that it saw`,
  lacks: ({ channels }) =>
    channels?.resumes
      ? undefined
      : channels
      ? "does not resume"
      : "has no channels",
  steps: ({ channels }, isQuick) => [{
    load: {
      ...channelFlags(channels!),
      clients: isQuick ? CLIENTS / 10 : CLIENTS,
      "cut-ms": CUT_MS,
      publishers: 1,
      rate: RATE,
      "warmup-ms": 2_000,
      "measure-ms": isQuick ? 8_000 : 24_000,
      "drain-ms": 5_000,
    },
  }],
  columns: [
    CUT,
    DELIVERED,
    LOST,
    TWICE,
    BACK_P50,
    BACK_P99,
    CPU_PER_DELIVERY,
    LOAD_BUSY,
  ],
};
