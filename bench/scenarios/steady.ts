import {
  CPU_PER_DELIVERY,
  LATENCY_P50,
  LATENCY_P99,
  LOAD_BUSY,
} from "../columns.ts";
import type { Column, Scenario } from "../scenario.ts";
import { channelFlags } from "./channel_flags.ts";

const CLIENTS = 1_000;
const RATE = 50;

/** Makes a column of the second step, for servers that have one. */
function onDisk(column: Column): Column {
  return {
    ...column,
    title: `${column.title}, on disk`,
    value: ([, second]) => second ? column.value([second]) : NaN,
  };
}

/** A load that every server takes with ease: what latency is left when there is no queue. */
export const steady: Scenario = {
  name: "steady",
  about: `${
    CLIENTS.toLocaleString("en")
  } clients of one channel, ${RATE} messages of 90 bytes a second from one publisher; on disk: each message is there, by fsync, before its publisher is answered`,
  lacks: ({ channels }) => channels ? undefined : "has no channels",
  steps: ({ channels, durable }, isQuick) => {
    const load = {
      ...channelFlags(channels!),
      clients: CLIENTS,
      publishers: 1,
      rate: RATE,
      "warmup-ms": isQuick ? 2_000 : 3_000,
      "measure-ms": isQuick ? 5_000 : 10_000,
    };
    return durable ? [{ load }, { load, isDurable: true }] : [{ load }];
  },
  columns: [
    LATENCY_P50,
    LATENCY_P99,
    CPU_PER_DELIVERY,
    onDisk(LATENCY_P50),
    onDisk(LATENCY_P99),
    LOAD_BUSY,
  ],
};
