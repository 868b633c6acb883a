/** `deno task bench`: measures Chime beside what else there is. See README.md. */
import { buildLoad } from "./load.ts";
import { machine } from "./machine.ts";
import { observe } from "./observe.ts";
import { help, type Options, readOptions } from "./options.ts";
import { benchPath } from "./paths.ts";
import type { Peer } from "./peer.ts";
import { Progress } from "./progress.ts";
import { type Measured, report } from "./report.ts";
import type { Observation, Scenario } from "./scenario.ts";
import { shownLoad, shownServer } from "./shown.ts";

/** A server and its version. */
interface Installed {
  readonly peer: Peer;
  readonly version: string;
}

const RESULTS = benchPath("RESULTS.md");

function log(text: string): void {
  console.error(`bench: ${text}`);
}

/** How a server was started and what load it got, in each step. */
function shown(
  scenario: Scenario,
  { peer, runs: [observations = []] }: Measured,
  isQuick: boolean,
): string {
  const loads = scenario.steps(peer, isQuick);
  const lines = observations.flatMap(({ server }, step) => [
    shownServer(peer, server),
    shownLoad(loads[step]!),
  ]);
  return [`# ${peer.name}`, ...new Set(lines)].join("\n");
}

async function runScenario(
  scenario: Scenario,
  peers: readonly Peer[],
  runs: number,
  isQuick: boolean,
  progress: Progress,
): Promise<readonly Measured[]> {
  const measured = peers.map((peer) => ({
    peer,
    runs: [] as Observation[][],
    failures: [] as string[],
  }));
  // One run of each before the next of any: what else the machine does meanwhile falls on all alike.
  for (let run = 1; run <= runs; run++) {
    for (const { peer, runs: done, failures } of measured) {
      progress.show(`${scenario.name}: ${peer.name}, run ${run} of ${runs}`);
      try {
        const observations = [];
        for (const flags of scenario.steps(peer, isQuick)) {
          observations.push(await observe(peer, flags));
        }
        done.push(observations);
      } catch (error) {
        const { message } = error as Error;
        if (!failures.includes(message)) failures.push(message);
      }
      progress.advance();
    }
  }
  return measured;
}

async function bench(options: Options): Promise<string> {
  const { peers, scenarios, isQuick, runs } = options;
  await buildLoad();
  const installed: Installed[] = [];
  const missing: string[] = [];
  for (const peer of peers) {
    const version = await peer.version();
    if (version === undefined) missing.push(peer.name);
    else installed.push({ peer, version });
  }
  const plan = scenarios.map((scenario) => ({
    scenario,
    runs: Math.min(runs, scenario.runs ?? runs),
    peers: installed.map(({ peer }) => peer)
      .filter((peer) => scenario.lacks(peer) === undefined),
  }));
  const steps = plan.reduce(
    (sum, { runs, peers }) => sum + runs * peers.length,
    0,
  );
  const progress = new Progress(steps);
  const parts = [
    "# Results",
    "",
    `Made by \`deno task bench${
      Deno.args.map((arg) => ` ${arg}`).join("")
    }\`, ${
      new Date().toISOString().slice(0, 16).replace("T", " ")
    } UTC, on ${machine()}.`,
    `Cells: median of ${runs} runs unless told (lowest–highest) ×ratio to Chime. What the columns mean is in README.md.`,
    "",
    ...installed.map(({ peer, version }) =>
      `- ${peer.name}: ${peer.about}; ${version}`
    ),
    ...missing.map((name) => `- ${name}: not installed, skipped`),
  ];
  console.log(parts.join("\n"));
  for (const { scenario, runs, peers } of plan) {
    const measured = await runScenario(
      scenario,
      peers,
      runs,
      isQuick,
      progress,
    );
    progress.clear();
    const absent = [
      ...installed.flatMap(({ peer }) => {
        const why = scenario.lacks(peer);
        return why === undefined ? [] : [`${peer.name}: ${why}`];
      }),
      ...missing.map((name) => `${name}: not installed, skipped`),
    ];
    const text = report(scenario, measured, absent);
    console.log(`\n${text}`);
    const commands = measured.map((one) => shown(scenario, one, isQuick));
    parts.push("", text, "", "```sh", ...commands, "```");
  }
  return `${parts.join("\n")}\n`;
}

try {
  const options = readOptions(Deno.args);
  if (options === "help") console.log(help());
  else {
    const text = await bench(options);
    if (!options.isQuick) {
      await Deno.writeTextFile(RESULTS, text);
      log("wrote bench/RESULTS.md");
    }
  }
} catch (error) {
  log((error as Error).message);
  Deno.exit(1);
}
