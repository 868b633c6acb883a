/**
 * Packs the client for npm, with npm: `deno task pack [folder]`. The package has Chime's version.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import manifest from "../client/package.json" with { type: "json" };
import chime from "../deno.json" with { type: "json" };

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The package's files besides `package.json`, and where each comes from. */
const FILES = {
  "client.js": "static/client.js",
  "client.d.ts": "client/client.d.ts",
  "README.md": "docs/client.md",
  "LICENSE": "LICENSE",
};

/**
 * Packs the client, which must have been built.
 *
 * @param folder Where to put the tarball.
 * @returns The tarball's path.
 * @throws {Error} with what npm says if it fails.
 */
export async function pack(folder: string): Promise<string> {
  const staged = await Deno.makeTempDir();
  try {
    for (const [name, source] of Object.entries(FILES)) {
      await Deno.copyFile(join(ROOT, source), join(staged, name));
    }
    await Deno.writeTextFile(
      join(staged, "package.json"),
      JSON.stringify({ ...manifest, version: chime.version }, null, 2),
    );
    const { success, stdout, stderr } = await new Deno.Command("npm", {
      args: ["pack", "--silent", "--pack-destination", folder],
      cwd: staged,
    }).output();
    if (!success) throw new Error(new TextDecoder().decode(stderr).trim());
    return join(folder, new TextDecoder().decode(stdout).trim());
  } finally {
    await Deno.remove(staged, { recursive: true });
  }
}

if (import.meta.main) {
  try {
    console.log(await pack(Deno.args[0] ?? Deno.cwd()));
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
