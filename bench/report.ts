import { faults } from "./faults.ts";
import type { Peer } from "./peer.ts";
import type { Observation, Scenario } from "./scenario.ts";
import { cell, summarize } from "./summary.ts";
import { table } from "./table.ts";

/** The observations of one server in one scenario: for each run, one for each step. */
export interface Measured {
  readonly peer: Peer;
  readonly runs: readonly (readonly Observation[])[];
  /** Why runs failed, each reason once. */
  readonly failures: readonly string[];
}

/**
 * Writes a scenario's table and its faults as Markdown.
 *
 * @param origin A sentence on how the numbers were measured.
 */
export function report(
  { name, about, columns }: Scenario,
  origin: string,
  measured: readonly Measured[],
  absent: readonly string[],
): string {
  const reference = measured.find(({ peer }) => peer.name === "chime");
  const values = ({ runs }: Measured, index: number) =>
    summarize(runs.map((run) => columns[index]!.value(run)));
  const rows = measured.map((one) => [
    one.peer.name,
    ...columns.map(({ digits, isAside }, i) =>
      cell(
        values(one, i),
        digits,
        isAside || !reference || one === reference
          ? undefined
          : values(reference, i),
      )
    ),
  ]);
  const notes = measured.flatMap(({ peer, runs, failures }) => {
    const wrong = runs.map((run) => run.flatMap(faults).join("; ") || "none");
    const lines = failures.map((why) => `- ${peer.name}: ${why}`);
    return wrong.every((one) => one === "none")
      ? lines
      : [`- ${peer.name}, faults by run: ${wrong.join(" / ")}`, ...lines];
  });
  const skipped = absent.map((text) => `- ${text}`);
  return [
    `## ${name}`,
    "",
    `${about}. ${origin}`,
    "",
    table(["", ...columns.map(({ title }) => title)], rows),
    ...notes.length + skipped.length > 0 ? ["", ...notes, ...skipped] : [],
  ].join("\n");
}
