import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile } from "./replace_file.ts";
import { runDeno } from "./run_deno.ts";

/** A module, and the file to bundle it into. */
export type Entry = readonly [input: string, output: string];

const path = (name: string) =>
  fileURLToPath(new URL(`../${name}`, import.meta.url));

/** The module that hydrates each island, and its bundle. */
export const ISLANDS: readonly Entry[] = [
  [path("islands/clock/clock_client.tsx"), path("static/clock.js")],
  [path("islands/channels/channels_client.tsx"), path("static/channels.js")],
];
/** The code that both need, such as Preact. */
const SHARED = path("static/shared.js");
/** The entry of the client that pages import. It shares nothing with the islands: it is one file. */
const CLIENT: Entry = [path("client/client.ts"), path("static/client.js")];

/**
 * Bundles the islands and the client into the files in `static/` that the server embeds.
 *
 * @throws {Error} with the bundler's message if they cannot be bundled.
 */
export async function build(): Promise<void> {
  await bundle(ISLANDS, SHARED);
  await bundle([CLIENT], SHARED);
}

/**
 * Bundles one or two modules, and all they import, for browsers: each into one minified file, and what both import into
 * another.
 *
 * It always runs the bundler, which takes 50 ms: to skip that, it would have to know everything that the modules
 * import. It does not write an output that stays the same, so that watchers see no change.
 *
 * @returns Whether an output changed.
 * @throws {Error} with the bundler's message if a module cannot be bundled. The outputs stay as they were.
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

/**
 * Moves what the bundler wrote to its place. The bundler keeps the folders of modules from several, and names what they
 * share after its content: here all files lie in one folder, and the shared one has one name.
 */
async function put(
  dir: string,
  entries: readonly Entry[],
  shared: string,
): Promise<boolean> {
  const written = Array.from(
    Deno.readDirSync(dir),
    (entry) =>
      entry.isDirectory
        ? Array.from(
          Deno.readDirSync(join(dir, entry.name)),
          ({ name }) => join(entry.name, name),
        )
        : [entry.name],
  ).flat();
  const chunk = written.find((name) => name.startsWith("chunk-"));
  let isChanged = false;
  const move = async (name: string, output: string) => {
    let code = await Deno.readTextFile(join(dir, name));
    if (chunk) {
      code = code.replaceAll(`../${chunk}`, `./${chunk}`)
        .replaceAll(chunk, basename(shared));
    }
    if (code === await readIfAny(output)) return;
    await replaceFile(output, new TextEncoder().encode(code));
    isChanged = true;
  };
  if (chunk) await move(chunk, shared);
  for (const [input, output] of entries) {
    const name = basename(input).replace(/\.tsx?$/, ".js");
    await move(written.find((path) => basename(path) === name)!, output);
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
