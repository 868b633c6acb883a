import {
  BACK_MAX,
  BACK_P50,
  CPU_AFTER_RESTART,
  LOST,
  OUTSTANDING,
  TWICE,
} from "../columns.ts";
import type { Column, Scenario } from "../scenario.ts";
import { channelFlags } from "./channel_flags.ts";

const CLIENTS = 10_000;
const RATE = 4;

/** Shows a column of ms in s. */
function inSeconds(column: Column, title: string): Column {
  return {
    title,
    digits: 2,
    value: (observations) => column.value(observations) / 1000,
  };
}

/** The server is killed in the middle of its work, and comes back. */
export const restart: Scenario = {
  name: "restart",
  about: `${
    CLIENTS.toLocaleString("en")
  } clients of one channel, messages kept on disk; the server is killed by kill -9 while messages are on their way, and started again at once; each client comes back after the time that the server asked for (3 s if none)`,
  lacks: ({ channels, durable }) =>
    !channels
      ? "has no channels"
      : !durable
      ? "keeps nothing on disk"
      : undefined,
  steps: ({ channels }, isQuick) => [{
    isDurable: true,
    load: {
      ...channelFlags(channels!),
      clients: isQuick ? CLIENTS / 10 : CLIENTS,
      kill: 1,
      publishers: 1,
      rate: RATE,
      "warmup-ms": 2_000,
      "drain-ms": 5_000,
      "limit-s": 60,
    },
  }],
  columns: [
    OUTSTANDING,
    LOST,
    TWICE,
    inSeconds(BACK_P50, "half are live and complete, s"),
    inSeconds(BACK_MAX, "the last is, s"),
    CPU_AFTER_RESTART,
  ],
};
