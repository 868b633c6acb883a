import { atEnd, atStart, CPU_PER_DELIVERY, LATENCY_P99 } from "../columns.ts";
import type { Usage } from "../proc.ts";
import type { Column, Scenario } from "../scenario.ts";
import { channelFlags } from "./channel_flags.ts";

const CLIENTS = 1_000;
const RATE = 20;
/** Clients that leave and are replaced each second. */
const CHURN = 50;
const FULL_MS = 600_000;
const QUICK_MS = 20_000;

/**
 * Columns of the first tenth and the last tenth of the samples. Medians, as a single client that comes or goes is no
 * trend.
 */
function trend(
  title: string,
  digits: number,
  value: (usage: Usage) => number,
): readonly Column[] {
  return [
    {
      title: `${title}, first`,
      digits,
      value: ([first]) => atStart(first!.samples.map(value)),
    },
    {
      title: `${title}, last`,
      digits,
      value: ([first]) => atEnd(first!.samples.map(value)),
    },
  ];
}

/** Clients come and go for a long time: nothing may grow. */
export const soak: Scenario = {
  name: "soak",
  about: `${FULL_MS / 60_000} minutes (with --quick ${QUICK_MS / 1000} s), ${
    CLIENTS.toLocaleString("en")
  } clients of one channel, ${RATE} messages a second; each second ${CHURN} clients leave and as many come`,
  runs: 1,
  lacks: ({ name }) => name === "chime" ? undefined : "not soaked",
  steps: ({ channels }, isQuick) => {
    const measureMs = isQuick ? QUICK_MS : FULL_MS;
    return [{
      load: {
        ...channelFlags(channels!),
        clients: CLIENTS,
        churn: CHURN,
        publishers: 1,
        rate: RATE,
        "warmup-ms": isQuick ? 2_000 : 10_000,
        "measure-ms": measureMs,
        "limit-s": measureMs / 1000 + 60,
      },
    }];
  },
  columns: [
    ...trend("MB", 1, ({ memoryKb }) => memoryKb / 1000),
    ...trend("descriptors", 0, ({ descriptors }) => descriptors),
    CPU_PER_DELIVERY,
    LATENCY_P99,
    {
      title: "clients replaced",
      digits: 0,
      isAside: true,
      value: ([first]) => first!.result.churned,
    },
  ],
};
