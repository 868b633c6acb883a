import {
  CPU_PER_DELIVERY,
  DELIVERIES_PER_S,
  LATENCY_MAX,
  LATENCY_P50,
  LATENCY_P99,
  LOAD_BUSY,
  MEMORY_PER_CLIENT,
  PUBLISHED_PER_S,
} from "../columns.ts";
import type { Scenario } from "../scenario.ts";
import { channelFlags } from "./channel_flags.ts";

/** Makes a scenario in which each message goes to all clients of one channel. */
export function fanOut(
  name: string,
  clients: number,
  publishers: number,
  rate: number,
): Scenario {
  const from = publishers > 1 ? ` from ${publishers} publishers` : "";
  const messages = rate === 1 ? "message" : "messages";
  return {
    name,
    about: `${
      clients.toLocaleString("en")
    } clients of one channel, ${rate} ${messages} of 90 bytes a second${from}`,
    lacks: ({ channels }) => channels ? undefined : "has no channels",
    steps: ({ channels }, isQuick) => [{
      load: {
        ...channelFlags(channels!),
        clients,
        publishers,
        rate,
        bytes: 90,
        "warmup-ms": isQuick ? 2_000 : 3_000,
        "measure-ms": isQuick ? 5_000 : 10_000,
      },
    }],
    columns: [
      CPU_PER_DELIVERY,
      DELIVERIES_PER_S,
      PUBLISHED_PER_S,
      LATENCY_P50,
      LATENCY_P99,
      LATENCY_MAX,
      MEMORY_PER_CLIENT,
      LOAD_BUSY,
    ],
  };
}
