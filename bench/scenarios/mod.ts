import type { Scenario } from "../scenario.ts";
import { ceiling } from "./ceiling.ts";
import { clock } from "./clock.ts";
import { drops } from "./drops.ts";
import { fanOut } from "./fan_out.ts";
import { manyChannels } from "./many_channels.ts";
import { memory } from "./memory.ts";
import { publish } from "./publish.ts";
import { restart } from "./restart.ts";
import { soak } from "./soak.ts";
import { steady } from "./steady.ts";
import { connectStorm, resumeStorm } from "./storm.ts";

/** Every scenario, in the order in which they are run. */
export const SCENARIOS: readonly Scenario[] = [
  fanOut("fan-out", 1_000, 1, 20),
  fanOut("fan-out-15000", 15_000, 1, 1),
  fanOut("saturation", 1_000, 4, 800),
  steady,
  ceiling,
  clock("clock", 1_000),
  clock("clock-15000", 15_000),
  manyChannels,
  connectStorm,
  resumeStorm,
  drops,
  restart,
  publish,
  memory,
  soak,
];
