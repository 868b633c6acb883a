import {
  ANSWER_MAX,
  ANSWER_P50,
  ANSWER_P99,
  CPU_PER_PUBLISH,
  LOAD_CPU,
  PUBLISHED_PER_S,
} from "../columns.ts";
import type { Scenario } from "../scenario.ts";
import { channelFlags } from "./channel_flags.ts";

/** Messages without subscribers. */
export const publish: Scenario = {
  name: "publish",
  about:
    "no clients, 4 publishers, each of which sends its next message of 90 bytes as soon as the last was answered",
  lacks: ({ channels }) => channels ? undefined : "has no channels",
  steps: ({ channels }, isQuick) => [{
    load: {
      ...channelFlags(channels!),
      publishers: 4,
      "warmup-ms": isQuick ? 2_000 : 3_000,
      "measure-ms": isQuick ? 3_000 : 10_000,
    },
  }],
  columns: [
    PUBLISHED_PER_S,
    CPU_PER_PUBLISH,
    ANSWER_P50,
    ANSWER_P99,
    ANSWER_MAX,
    LOAD_CPU,
  ],
};
