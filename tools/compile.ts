import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { recoverDenort } from "./denort.ts";
import { runDeno } from "./run_deno.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The only platform that `denort` can be recovered for. */
const RECOVERABLE = "x86_64-unknown-linux-gnu";
/** The platforms that `deno compile` compiles for. */
const TARGETS: readonly string[] = [
  RECOVERABLE,
  "aarch64-unknown-linux-gnu",
  "x86_64-pc-windows-msvc",
  "aarch64-pc-windows-msvc",
  "x86_64-apple-darwin",
  "aarch64-apple-darwin",
];

/** Options for {@linkcode compile}. */
export interface CompileOptions {
  /** The executable's path. */
  readonly output: string;
  /** The platform to compile for, such as `aarch64-apple-darwin`. Default: this one. */
  readonly target?: string;
  /** The program's first module, relative to the project's folder. Default: Chime's own. */
  readonly main?: string;
}

/**
 * Reads the flags of `deno task compile`.
 *
 * @throws {Error} in one line that names the first flag that cannot be used.
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
 * Compiles Chime and all it needs into one executable, with the permissions in `deno.json`'s `compile.permissions` and
 * no others. The islands must have been built.
 *
 * The executable begins with a runtime file, `denort`: the one that `DENORT_BIN` names, else the one that Deno
 * downloads, else, if that download cannot be reached, one recovered from npm, with a warning on standard error.
 *
 * @throws {Error} with Deno's message if it cannot be compiled. There is no output then: Deno removes an older
 * executable first. It does not overwrite a file that it did not compile.
 */
export async function compile(
  { output, target = Deno.build.target, main = "main.ts" }: CompileOptions,
): Promise<void> {
  const flags = [
    ...["--quiet", "-P", "--target", target],
    // Most packages in deno.lock are for tests.
    "--exclude-unused-npm",
    // Deno does not find a module that only a thread runs.
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
 * Returns why `deno compile` could not download `denort`, judging by its message; `undefined` if it failed for another
 * reason. An error of a gateway counts as no answer. A 404 is an answer: there is no `denort` for that version or
 * platform.
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
