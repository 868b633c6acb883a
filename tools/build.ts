import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile } from "./replace_file.ts";
import { runDeno } from "./run_deno.ts";

const ISLAND = fileURLToPath(new URL("../islands/client.tsx", import.meta.url));
const CLIENT = fileURLToPath(new URL("../static/client.js", import.meta.url));

/**
 * Bundles the island into `static/client.js`, which the server embeds.
 *
 * @throws {Error} where it cannot be bundled, with the bundler's message.
 */
export async function build(): Promise<void> {
  await bundle(ISLAND, CLIENT);
}

/**
 * Bundles a module, and all it imports, for browsers: one file, minified.
 *
 * The bundler is asked every time. It answers within 50 ms, and to skip it one would have to know all that the module
 * imports. An output that would stay the same is left alone, so that nothing that watches it stirs.
 *
 * @returns Whether the output changed.
 * @throws {Error} where the module cannot be bundled, with the bundler's message. The output stays as it was.
 */
export async function bundle(input: string, output: string): Promise<boolean> {
  const code = await runDeno(
    ["bundle", "--quiet", "--platform", "browser", "--minify", input],
    { cwd: dirname(input) },
  );
  if (isEqual(code, await readIfAny(output))) return false;
  await replaceFile(output, code);
  return true;
}

async function readIfAny(path: string): Promise<Uint8Array | undefined> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function isEqual(a: Uint8Array, b: Uint8Array | undefined): boolean {
  return a.length === b?.length && a.every((byte, i) => byte === b[i]);
}

if (import.meta.main) {
  try {
    await build();
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
