import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile } from "./replace_file.ts";
import { runDeno } from "./run_deno.ts";

/** A module, and the file that it is bundled into. */
export type Entry = readonly [input: string, output: string];

const path = (name: string) =>
  fileURLToPath(new URL(`../${name}`, import.meta.url));

/** The module that brings each island to life, and what it becomes. */
const ISLANDS: readonly Entry[] = [
  [path("islands/page/clock_client.tsx"), path("static/client.js")],
  [path("islands/page/channels_client.tsx"), path("static/channels.js")],
];
/** What both need: Preact, most of all. */
const SHARED = path("static/shared.js");

/**
 * Bundles the islands into the files in `static/` that the server embeds.
 *
 * @throws {Error} where they cannot be bundled, with the bundler's message.
 */
export async function build(): Promise<void> {
  await bundle(ISLANDS, SHARED);
}

/**
 * Bundles one or two modules, and all they import, for browsers: each into one file, minified, beside a third one with
 * what both import.
 *
 * The bundler is asked every time. It answers within 50 ms, and to skip it one would have to know all that the modules
 * import. An output that would stay the same is left alone, so that nothing that watches it stirs.
 *
 * @returns Whether an output changed.
 * @throws {Error} where a module cannot be bundled, with the bundler's message. The outputs stay as they were.
 */
export async function bundle(
  entries: readonly Entry[],
  shared: string,
): Promise<boolean> {
  const dir = await Deno.makeTempDir({ dir: dirname(shared), prefix: ".new-" });
  try {
    const inputs = entries.map(([input]) => input);
    await runDeno(
      [
        ...["bundle", "--quiet", "--platform", "browser", "--minify"],
        ...["--code-splitting", "--outdir", dir, ...inputs],
      ],
      { cwd: dirname(inputs[0]!) },
    );
    return await put(dir, entries, shared);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Puts what the bundler wrote where it belongs. It names what it shares after its content: here that has one name. */
async function put(
  dir: string,
  entries: readonly Entry[],
  shared: string,
): Promise<boolean> {
  const chunk = Array.from(Deno.readDirSync(dir), ({ name }) => name)
    .find((name) => name.startsWith("chunk-"));
  let isChanged = false;
  const move = async (name: string, output: string) => {
    let code = await Deno.readTextFile(join(dir, name));
    if (chunk) code = code.replaceAll(chunk, basename(shared));
    if (code === await readIfAny(output)) return;
    await replaceFile(output, new TextEncoder().encode(code));
    isChanged = true;
  };
  if (chunk) await move(chunk, shared);
  for (const [input, output] of entries) {
    await move(basename(input).replace(/\.tsx?$/, ".js"), output);
  }
  return isChanged;
}

async function readIfAny(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

if (import.meta.main) {
  try {
    await build();
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
