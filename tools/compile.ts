import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { recoverDenort } from "./denort.ts";
import { runDeno } from "./run_deno.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The only platform that a `denort` recovered from npm is for. */
const RECOVERABLE = "x86_64-unknown-linux-gnu";
/** What `deno compile` compiles for. */
const TARGETS: readonly string[] = [
  RECOVERABLE,
  "aarch64-unknown-linux-gnu",
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
];

/** What to compile to. */
export interface CompileOptions {
  /** The executable's path. */
  readonly output: string;
  /** The platform it is for, such as `aarch64-apple-darwin`; this one where none is named. */
  readonly target?: string;
  /** The program's first module, from the project's folder; Chime's own where none is named. */
  readonly main?: string;
}

/**
 * Reads the flags of `deno task compile`.
 *
 * @throws {Error} for flags that cannot be used, in one line that names the first.
 */
export function readFlags(args: readonly string[]): CompileOptions {
  const { target = Deno.build.target, output = "chime" } = parse(args);
  if (!TARGETS.includes(target)) {
    throw new Error(
      `Cannot use --target "${target}": must be one of ${TARGETS.join(", ")}`,
    );
  }
  if (output === "") {
    throw new Error('Cannot use --output "": must name a file');
  }
  const suffix = target.includes("windows") && !output.endsWith(".exe")
    ? ".exe"
    : "";
  return { target, output: `${output}${suffix}` };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { target: { type: "string" }, output: { type: "string" } },
    }).values;
  } catch (error) {
    const [line] = (error as Error).message.split("\n");
    throw new Error(
      `${line!.replace(/\.$/, "")} (known: --target <target>, --output <file>)`,
    );
  }
}

/**
 * Compiles Chime with all it needs into one executable, with the permissions in `deno.json`'s `compile.permissions` and
 * no others. The island must have been built.
 *
 * The runtime file that it builds upon, `denort`, is the one that `DENORT_BIN` names, else the one that Deno downloads,
 * else, where the place to download it from cannot be reached, one recovered from npm; a warning on standard error
 * tells of that.
 *
 * @throws {Error} where it cannot be compiled, with Deno's message. There is no output then: a former one Deno removes
 * first. What it did not compile it does not overwrite.
 */
export async function compile(
  { output, target = Deno.build.target, main = "main.ts" }: CompileOptions,
): Promise<void> {
  const flags = [
    ...["--quiet", "-P", "--target", target],
    // Of the packages in deno.lock most are for tests.
    "--exclude-unused-npm",
    // A module that only a thread runs is not found by itself.
    ...["--include", "server/worker.ts"],
  ];
  const run = (env?: Record<string, string>) =>
    runDeno(
      ["compile", ...flags, "--output", resolve(output), main],
      { cwd: ROOT, ...env && { env } },
    );
  try {
    await run();
  } catch (error) {
    const cause = whyUnreachable((error as Error).message);
    const isRecoverable = Deno.env.get("DENORT_BIN") === undefined &&
      target === RECOVERABLE && Deno.build.target === RECOVERABLE;
    if (cause === undefined || !isRecoverable) throw error;
    console.error(
      `Warning: Deno could not download its runtime file: ${cause}. One recovered from npm takes its place: the ` +
        "executable is for development and tests, never for a release.",
    );
    await run({ DENORT_BIN: await recoverDenort() });
  }
}

/**
 * Why `deno compile` got no answer from where it downloads `denort`, judging by its message; undefined where it failed
 * for another reason. What a gateway says in place of the host is no answer either. A 404 is one: for that version or
 * platform there is no `denort`.
 */
export function whyUnreachable(message: string): string | undefined {
  if (!message.includes("Setting up base binary")) return undefined;
  const causes =
    /^ *\d+: ((?:error sending request for url|Bad response: (?:403|407|451|50[234])).*)$/m;
  return causes.exec(message)?.[1];
}

if (import.meta.main) {
  let failure = 2;
  try {
    const options = readFlags(Deno.args);
    failure = 1;
    await compile(options);
    console.log(`Wrote ${options.output}`);
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(failure);
  }
}
