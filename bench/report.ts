import { faults } from "./faults.ts";
import type { Peer } from "./peer.ts";
import type { Observation, Scenario } from "./scenario.ts";
import { cell, summarize } from "./summary.ts";
import { table } from "./table.ts";

/** What one server did in one scenario: for each run, an observation of each step. */
export interface Measured {
  readonly peer: Peer;
  readonly runs: readonly (readonly Observation[])[];
  /** Why a run came to nothing, each once. */
  readonly failures: readonly string[];
}

/**
 * A scenario's table and what went wrong, as Markdown.
 *
 * @param origin How the numbers came to be, in a sentence.
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
