import { benchPath } from "./paths.ts";

const PROGRAM = benchPath("build/load");
const SOURCES = benchPath("load");

/** Statistics of durations, in ms. */
export interface Durations {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * The result of the load generator, see `load/tally.h` and `load/fleet.h`. Counts cover the whole run, unless a field
 * says otherwise.
 */
export interface LoadResult {
  /** Whether the run reached its time limit. */
  readonly timedOut: boolean;
  readonly clients: number;
  readonly open: number;
  readonly lost: number;
  /** Why the first client was lost. */
  readonly reason: string;
  readonly churned: number;
  /** Clients that were cut, and came back later. */
  readonly cut: number;
  /** How long clients that came back took to have what they missed, since they came or since the server's end. */
  readonly back: Durations;
  /** Deliveries that were on their way when the server was killed. */
  readonly outstanding: number;
  /** The highest rate that was held, in messages a second; 0 if none was. */
  readonly heldRate: number;
  /**
   * From the first connection attempt until all clients were open, in ms. `opening` has the durations of each client.
   */
  readonly openingMs: number;
  readonly opening: Durations;
  readonly measuredMs: number;
  /** Deliveries while measuring. */
  readonly measured: number;
  readonly deliveries: number;
  /** Deliveries that were due; 0 if that is not known. */
  readonly due: number;
  /** Deliveries that were due and never came. */
  readonly undelivered: number;
  /** From publishing, or from the tick's second, to receipt, while measuring. */
  readonly latency: Durations;
  /** How late the last client received each tick. */
  readonly last: Durations;
  readonly missed: number;
  readonly stale: number;
  readonly strays: number;
  readonly badIds: number;
  readonly disordered: number;
  readonly statuses: number;
  readonly others: number;
  /** Messages accepted while measuring. */
  readonly published: number;
  readonly refused: number;
  readonly failed: number;
  /** From publishing to the answer, while measuring. */
  readonly answers: Durations;
  /** Processor time of the generator while measuring: of all its threads, and of the receiving one. */
  readonly cpuS: number;
  readonly receivingCpuS: number;
}

/** The part of a run that begins. */
export type Phase = "opening" | "opened" | "start" | "kill" | "end";

type Line =
  | { readonly phase: Phase }
  | ({ readonly phase: "result" } & LoadResult);

/** The generator's flags, without the leading dashes; see `load/options.c`. */
export type LoadFlags = Readonly<
  Record<string, string | number | readonly string[]>
>;

/**
 * Compiles the load generator.
 *
 * @throws {Error} with the compiler's message.
 */
export async function buildLoad(): Promise<void> {
  await Deno.mkdir(benchPath("build"), { recursive: true });
  const sources = [];
  for await (const { name } of Deno.readDir(SOURCES)) {
    if (name.endsWith(".c")) sources.push(`${SOURCES}/${name}`);
  }
  await compileC(PROGRAM, sources);
}

/**
 * Compiles a C program.
 *
 * @throws {Error} with the compiler's message.
 */
export async function compileC(
  output: string,
  sources: readonly string[],
): Promise<void> {
  const flags = ["-std=c17", "-O2", "-Wall", "-Wextra", "-pthread"];
  const { success, stderr } = await new Deno.Command("cc", {
    args: [...flags, "-o", output, ...sources],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Returns the generator's command line. */
export function loadCommand(flags: LoadFlags): readonly string[] {
  const args = Object.entries(flags).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => [`--${name}`, `${one}`])
  );
  return [PROGRAM, ...args];
}

/**
 * Runs the load generator.
 *
 * @param onPhase Called when a phase begins.
 * @throws {Error} if it fails.
 */
export async function runLoad(
  flags: LoadFlags,
  onPhase: (phase: Phase) => void,
): Promise<LoadResult> {
  const [program, ...args] = loadCommand(flags);
  const child = new Deno.Command(program!, {
    args,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let rest = "";
  let result: LoadResult | undefined;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const text of lines) {
      const line: Line = JSON.parse(text);
      if (line.phase === "result") result = line;
      else onPhase(line.phase);
    }
  }
  const { code } = await child.status;
  if (!result) throw new Error(`The load generator ended with ${code}`);
  return result;
}
