import { parseArgs } from "node:util";
import type { Peer } from "./peer.ts";
import { PEERS } from "./peers/mod.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios/mod.ts";

/** Odd, so that the median is one of the runs. */
const RUNS = 5;
const QUICK_RUNS = 3;

/** What to measure. */
export interface Options {
  readonly peers: readonly Peer[];
  readonly scenarios: readonly Scenario[];
  readonly isQuick: boolean;
  readonly runs: number;
}

/** What `--help` prints. */
export function help(): string {
  const list = (all: readonly { name: string; about: string }[]) =>
    all.map(({ name, about }) => `  ${name.padEnd(20)}${about}`).join("\n");
  return `Usage: deno task bench [options]

  --only <servers>        only these, separated by commas
  --scenario <scenarios>  only these, separated by commas
  --runs <n>              how often each is measured [${RUNS}; ${QUICK_RUNS} with --quick]
  --quick                 shorter and fewer runs; writes no RESULTS.md
  --help                  print this and exit

Servers:
${list(PEERS)}

Scenarios:
${list(SCENARIOS)}`;
}

function pick<T extends { name: string }>(
  all: readonly T[],
  flag: string,
  names: string | undefined,
): readonly T[] {
  if (names === undefined) return all;
  const wanted = names.split(",");
  const known = all.map(({ name }) => name);
  for (const name of wanted) {
    if (!known.includes(name)) {
      throw new RangeError(
        `Cannot use ${flag} "${name}": must be one of ${known.join(", ")}`,
      );
    }
  }
  return all.filter(({ name }) => wanted.includes(name));
}

function readRuns(text: string | undefined, isQuick: boolean): number {
  if (text === undefined) return isQuick ? QUICK_RUNS : RUNS;
  if (/^[1-9]\d?$/.test(text)) return Number(text);
  throw new RangeError(`Cannot use --runs "${text}": must be from 1 to 99`);
}

/**
 * Reads the command line.
 *
 * @throws {Error} for an unknown option, server or scenario.
 */
export function readOptions(args: readonly string[]): Options | "help" {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: "string" },
      scenario: { type: "string" },
      runs: { type: "string" },
      quick: { type: "boolean", default: false },
      help: { type: "boolean" },
    },
  });
  if (values.help) return "help";
  return {
    peers: pick(PEERS, "--only", values.only),
    scenarios: pick(SCENARIOS, "--scenario", values.scenario),
    isQuick: values.quick,
    runs: readRuns(values.runs, values.quick),
  };
}
