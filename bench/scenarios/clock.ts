import {
  CPU_PER_DELIVERY,
  DELIVERIES_PER_S,
  LAST_P50,
  LAST_P99,
  LATENCY_MAX,
  LATENCY_P50,
  LATENCY_P99,
  LOAD_BUSY,
  MEMORY_PER_CLIENT,
} from "../columns.ts";
import type { Scenario } from "../scenario.ts";

/** Makes a scenario of clients on the clock, one tick a second. */
export function clock(name: string, clients: number): Scenario {
  return {
    name,
    about: `${
      clients.toLocaleString("en")
    } clients on the clock: 1 tick a second`,
    lacks: ({ clock }) => clock === undefined ? "has no clock" : undefined,
    steps: (peer, isQuick) => [{
      load: {
        path: peer.clock!,
        clock: 1,
        clients,
        "warmup-ms": isQuick ? 2_000 : 5_000,
        "measure-ms": isQuick ? 10_000 : 20_000,
      },
    }],
    columns: [
      CPU_PER_DELIVERY,
      DELIVERIES_PER_S,
      LATENCY_P50,
      LATENCY_P99,
      LATENCY_MAX,
      LAST_P50,
      LAST_P99,
      MEMORY_PER_CLIENT,
      LOAD_BUSY,
    ],
  };
}
