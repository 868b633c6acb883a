import type { Durations, LoadResult } from "./load.ts";
import type { Column, Observation } from "./scenario.ts";

/** Makes a column of the first step, for scenarios that have only one. */
function column(
  title: string,
  digits: number,
  value: (observation: Observation) => number,
): Column {
  return { title, digits, value: ([first]) => value(first!) };
}

/** Makes a column of a duration at a percentile; without durations it is empty, not 0. */
function duration(
  title: string,
  digits: number,
  durations: (result: LoadResult) => Durations,
  at: "p50" | "p99" | "max",
): Column {
  return column(title, digits, ({ result }) => {
    const { count, [at]: value } = durations(result);
    return count > 0 ? value : NaN;
  });
}

/** Returns the median of a list. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Returns the median of the first tenth of a list. */
export function atStart(values: readonly number[]): number {
  return median(values.slice(0, Math.ceil(values.length / 10)));
}

/** Returns the median of the last tenth of a list. */
export function atEnd(values: readonly number[]): number {
  return median(values.slice(-Math.ceil(values.length / 10)));
}

/** Returns the resident memory of a client, in kB: all of the server's, less what it used without clients. */
export function memoryPerClient(
  { result, empty, samples }: Observation,
): number {
  return (median(samples.map(({ memoryKb }) => memoryKb)) - empty.memoryKb) /
    result.clients;
}

export const CPU_PER_DELIVERY = column(
  "CPU µs/delivery",
  2,
  ({ start, end, result }) => (end!.cpuS - start!.cpuS) * 1e6 / result.measured,
);

export const DELIVERIES_PER_S = column(
  "deliveries/s",
  0,
  ({ result }) => result.measured * 1000 / result.measuredMs,
);

/** Messages that the server accepted: fewer than planned if it answers too slowly. */
export const PUBLISHED_PER_S = column(
  "published/s",
  0,
  ({ result }) => result.published * 1000 / result.measuredMs,
);

export const CPU_PER_PUBLISH = column(
  "CPU µs/message",
  1,
  ({ start, end, result }) =>
    (end!.cpuS - start!.cpuS) * 1e6 / result.published,
);

export const ANSWER_P50 = duration(
  "answer p50 ms",
  2,
  ({ answers }) => answers,
  "p50",
);

export const ANSWER_P99 = duration(
  "answer p99 ms",
  2,
  ({ answers }) => answers,
  "p99",
);

export const ANSWER_MAX = duration(
  "answer max ms",
  1,
  ({ answers }) => answers,
  "max",
);

export const OPENED_PER_S = column(
  "clients/s",
  0,
  ({ result }) => (result.clients - result.lost) * 1000 / result.openingMs,
);

export const CPU_PER_CLIENT = column(
  "CPU µs/client",
  0,
  ({ opening, opened, result }) =>
    (opened!.cpuS - opening!.cpuS) * 1e6 / result.clients,
);

export const OPENING_P50 = duration(
  "p50 ms",
  1,
  ({ opening }) => opening,
  "p50",
);

export const OPENING_P99 = duration(
  "p99 ms",
  1,
  ({ opening }) => opening,
  "p99",
);

export const OPENING_MAX = duration(
  "max ms",
  1,
  ({ opening }) => opening,
  "max",
);

export const LATENCY_P50 = duration(
  "p50 ms",
  1,
  ({ latency }) => latency,
  "p50",
);

export const LATENCY_P99 = duration(
  "p99 ms",
  1,
  ({ latency }) => latency,
  "p99",
);

export const LATENCY_MAX = duration(
  "max ms",
  1,
  ({ latency }) => latency,
  "max",
);

export const LAST_P50 = duration(
  "last client p50 ms",
  1,
  ({ last }) => last,
  "p50",
);

export const LAST_P99 = duration(
  "last client p99 ms",
  1,
  ({ last }) => last,
  "p99",
);

export const MEMORY_PER_CLIENT = column("kB/client", 1, memoryPerClient);

/** How busy the receiving thread of the load generator was. Near 100 %, the generator measures itself. */
export const LOAD_BUSY: Column = {
  ...column(
    "load generator busy %",
    0,
    ({ result }) => result.receivingCpuS * 1e5 / result.measuredMs,
  ),
  isAside: true,
};

/** How busy all threads of the load generator were. */
export const LOAD_CPU: Column = {
  ...column(
    "load generator CPU %",
    0,
    ({ result }) => result.cpuS * 1e5 / result.measuredMs,
  ),
  isAside: true,
};

/** The highest rate that a server held. */
export const HELD_RATE = column(
  "messages/s held",
  0,
  ({ result }) => result.heldRate,
);

/** Clients that were cut and came back. */
export const CUT: Column = {
  ...column("clients cut", 0, ({ result }) => result.cut),
  isAside: true,
};

/** Deliveries that came, of those that were due, each counted once. */
export const DELIVERED: Column = {
  ...column(
    "delivered %",
    3,
    ({ result }) => (result.due - result.undelivered) * 100 / result.due,
  ),
  isAside: true,
};

export const LOST: Column = {
  ...column("lost", 0, ({ result }) => result.undelivered),
  isAside: true,
};

export const TWICE: Column = {
  ...column("twice", 0, ({ result }) => result.stale),
  isAside: true,
};

/** Deliveries that a client still had to get when the server was killed. */
export const OUTSTANDING: Column = {
  ...column("on their way when killed", 0, ({ result }) => result.outstanding),
  isAside: true,
};

export const BACK_P50 = duration("back p50 ms", 1, ({ back }) => back, "p50");

export const BACK_P99 = duration("back p99 ms", 1, ({ back }) => back, "p99");

export const BACK_MAX = duration("back max ms", 1, ({ back }) => back, "max");

/** Processor time of the server that was started again, from its start until all clients were back. */
export const CPU_AFTER_RESTART = column(
  "CPU s",
  2,
  ({ end }) => end?.cpuS ?? NaN,
);
