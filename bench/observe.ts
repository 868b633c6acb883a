import { delay } from "@std/async/delay";
import { type LoadFlags, type Phase, runLoad } from "./load.ts";
import type { Peer } from "./peer.ts";
import { type Usage, usage } from "./proc.ts";
import type { Observation, Step } from "./scenario.ts";
import { startServer } from "./server_process.ts";

/**
 * Clients that connect and leave before the empty server is measured, so that it has loaded what it loads on first use.
 */
const FIRST_CLIENTS = 4;
/** How long the server then has to settle, in ms. */
const REST_MS = 500;
/** How often memory and descriptors are sampled, in ms. */
const SAMPLE_MS = 500;

/** What the first few clients are not for. */
const LATER: readonly string[] = ["churn", "cut-ms", "kill", "ceiling-ms"];

/** Lets the first few clients connect and leave. */
async function warmUp(flags: LoadFlags): Promise<void> {
  const some = Object.fromEntries(
    Object.entries(flags).filter(([name]) => !LATER.includes(name)),
  );
  await runLoad({
    ...some,
    clients: Math.min(FIRST_CLIENTS, Number(flags["clients"] ?? 0)),
    "warmup-ms": 0,
    "measure-ms": 1_000,
    rate: 10,
  }, () => {});
  await delay(REST_MS);
}

/** Puts one load on a fresh server, and measures the server and the load generator. */
export async function observe(
  peer: Peer,
  { load, isDurable }: Step,
): Promise<Observation> {
  await using server = await startServer(peer, isDurable);
  const flags = { port: server.port, ...load };
  await warmUp(flags);
  const empty = await usage(server.pids);
  const marks: Partial<Record<Phase, Promise<Usage>>> = {};
  let restarted: Promise<void> | undefined;
  const samples: Usage[] = [];
  let timer: ReturnType<typeof setInterval> | undefined;
  const result = await runLoad(flags, (phase) => {
    if (phase === "kill") {
      restarted = server.restart();
      return;
    }
    marks[phase] = usage(server.pids);
    if (phase === "start") {
      timer = setInterval(async () => {
        samples.push(await usage(server.pids));
      }, SAMPLE_MS);
    }
    if (phase === "end") clearInterval(timer);
  });
  clearInterval(timer);
  await restarted;
  const at = Object.fromEntries(
    await Promise.all(
      Object.entries(marks).map(async ([phase, mark]) => [phase, await mark]),
    ),
  );
  return { result, server, empty, samples, ...at };
}
