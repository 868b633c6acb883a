/** `deno task bench`: measures Chime and other servers. See README.md. */
import { buildLoad } from "./load.ts";
import { machine } from "./machine.ts";
import { observe } from "./observe.ts";
import { help, type Options, readOptions } from "./options.ts";
import { benchPath } from "./paths.ts";
import type { Peer } from "./peer.ts";
import { Progress } from "./progress.ts";
import { type Measured, report } from "./report.ts";
import { withSection } from "./results.ts";
import type { Observation, Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios/mod.ts";
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

/** Shows how a server was started and what load it got, for each step. */
function shown(
  scenario: Scenario,
  { peer, runs: [observations = []] }: Measured,
  version: string,
  isQuick: boolean,
): string {
  const steps = scenario.steps(peer, isQuick);
  const lines = observations.flatMap(({ server }, step) => [
    shownServer(peer, server),
    shownLoad(steps[step]!.load),
  ]);
  const title = `# ${peer.name}: ${peer.about}; ${version}`;
  return [title, ...new Set(lines)].join("\n");
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
  // All servers take turns, so that whatever else the machine does affects all of them alike.
  for (let run = 1; run <= runs; run++) {
    for (const { peer, runs: done, failures } of measured) {
      progress.show(`${scenario.name}: ${peer.name}, run ${run} of ${runs}`);
      try {
        const observations = [];
        for (const step of scenario.steps(peer, isQuick)) {
          observations.push(await observe(peer, step));
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

/** Says how and where the numbers of a section were measured. */
function origin(runs: number): string {
  const command = ["deno task bench", ...Deno.args].join(" ");
  const minute = new Date().toISOString().slice(0, 16).replace("T", " ");
  const times = runs > 1 ? `${runs} runs` : "1 run";
  return `${times} by \`${command}\`, ${minute} UTC, on ${machine()}.`;
}

/** Writes a scenario's section into the results, and keeps the other sections. */
async function save(section: string): Promise<void> {
  const names = SCENARIOS.map(({ name }) => name);
  const old = await Deno.readTextFile(RESULTS);
  await Deno.writeTextFile(RESULTS, withSection(old, section, names));
}

async function bench(options: Options): Promise<void> {
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
    servers: installed.filter(({ peer }) => scenario.lacks(peer) === undefined),
  }));
  const steps = plan.reduce(
    (sum, { runs, servers }) => sum + runs * servers.length,
    0,
  );
  const progress = new Progress(steps);
  for (const { scenario, runs, servers } of plan) {
    const measured = await runScenario(
      scenario,
      servers.map(({ peer }) => peer),
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
    const text = report(scenario, origin(runs), measured, absent);
    console.log(`${text}\n`);
    if (isQuick) continue;
    const commands = measured.map((one, i) =>
      shown(scenario, one, servers[i]!.version, isQuick)
    );
    await save([text, "", "```sh", ...commands, "```"].join("\n"));
    log(`wrote ${scenario.name} to bench/RESULTS.md`);
  }
}

try {
  const options = readOptions(Deno.args);
  if (options === "help") console.log(help());
  else await bench(options);
} catch (error) {
  log((error as Error).message);
  Deno.exit(1);
}
