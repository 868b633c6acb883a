import type { Observation } from "./scenario.ts";

/** Describes what went wrong in a run; empty if nothing did. */
export function faults({ result }: Observation): readonly string[] {
  const told: readonly (readonly [count: number, what: string])[] = [
    [result.lost, `clients lost (${result.reason})`],
    [result.undelivered, "deliveries never came"],
    [result.missed, "missed before a later one"],
    [result.stale, "came again or too late"],
    [result.strays, "of another channel"],
    [result.badIds, "ids that did not rise"],
    [result.disordered, "clients saw another order"],
    [result.refused, "publishes refused"],
    [result.failed, "publishes without an answer"],
    [Number(result.timedOut), "cut off at the time limit"],
  ];
  return told.filter(([count]) => count > 0).map(([count, what]) =>
    `${count.toLocaleString("en")} ${what}`
  );
}
