import { memoryPerClient } from "../columns.ts";
import type { Peer } from "../peer.ts";
import type { Column, Scenario } from "../scenario.ts";

/** Numbers of clients, in growing order: their difference separates a server's fixed cost from the cost of a client. */
const CLIENTS = [1_000, 5_000, 15_000] as const;

const AT_EACH: readonly Column[] = CLIENTS.map((clients, step) => ({
  title: `kB/client at ${clients.toLocaleString("en")}`,
  digits: 1,
  value: (observations) => memoryPerClient(observations[step]!),
}));

/** What one more client costs, without the server's fixed cost. */
const FURTHER: Column = {
  title: "kB/further client",
  digits: 1,
  value(observations) {
    const totals = CLIENTS.map((clients, step) =>
      clients * memoryPerClient(observations[step]!)
    );
    return (totals.at(-1)! - totals[0]!) / (CLIENTS.at(-1)! - CLIENTS[0]);
  },
};

function stream({ clock, channels }: Peer): string {
  return clock ?? channels!.stream;
}

/** Clients that receive almost nothing: what keeping them connected costs. */
export const memory: Scenario = {
  name: "memory",
  about: `${
    CLIENTS.map((clients) => clients.toLocaleString("en")).join(", ")
  } clients, each on a fresh server, with at most 1 tick a second`,
  lacks: ({ clock, channels }) =>
    clock ?? channels ? undefined : "has no streams",
  steps: (peer, isQuick) =>
    CLIENTS.map((clients) => ({
      load: {
        path: stream(peer),
        header: peer.clock ? [] : peer.channels?.streamHeaders ?? [],
        clock: Number(peer.clock !== undefined),
        clients,
        "warmup-ms": isQuick ? 3_000 : 5_000,
        "measure-ms": isQuick ? 3_000 : 5_000,
      },
    })),
  columns: [...AT_EACH, FURTHER],
};
