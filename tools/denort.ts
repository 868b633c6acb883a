import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile } from "./replace_file.ts";
import { runDeno } from "./run_deno.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A program on npm that was compiled with Deno 2.9.4, so that it begins with that version's `denort`. */
const PACKAGE = "@chelonia/cli-x64-linux@3.4.0";
const PROGRAM = "chel";

/** How to restore `denort` from a program that was compiled with it: it comes first, but its ELF header was changed. */
export interface Recipe {
  /** The offset of the program headers in `denort`, in bytes, and their number. */
  readonly programHeaders: { readonly offset: number; readonly count: number };
  /** The same for the section headers. */
  readonly sectionHeaders: { readonly offset: number; readonly count: number };
  /** The length of `denort`, in bytes. */
  readonly size: number;
  /** The SHA-256 of `denort`, in hex. */
  readonly sha256: string;
}

const RECIPE: Recipe = {
  programHeaders: { offset: 64, count: 12 },
  sectionHeaders: { offset: 107_591_688, count: 38 },
  size: 107_594_120,
  sha256: "723d45cca4f68bd66652da1e0d45562b0700317c1535981035f50f078785a131",
};

/**
 * Gets `denort`, which `deno compile` needs, from npm: for Linux on x64, when Deno's own download cannot be reached. It
 * stays in Deno's cache, and its digest is checked at every use.
 *
 * It is as old as the program that it is cut from, and nobody published it as a runtime: use it for development and
 * tests, never for a release.
 *
 * @returns The file's path, for `DENORT_BIN`.
 * @throws {Error} if npm cannot be reached either, or the file is not the expected one.
 */
export async function recoverDenort(): Promise<string> {
  const { denoDir } = await denoInfo();
  const path = join(denoDir!, "chime", "denort");
  if (await isDenort(path)) return path;

  const { npmPackages, modules } = await denoInfo(`npm:${PACKAGE}`);
  const folder = npmPackages?.[PACKAGE]?.localPath;
  if (folder === undefined) {
    throw new Error(
      `Cannot recover denort from npm: ${
        modules?.[0]?.error ?? `no ${PACKAGE} there`
      }`,
    );
  }
  const denort = await cutDenort(await Deno.readFile(join(folder, PROGRAM)));
  await Deno.mkdir(dirname(path), { recursive: true });
  await replaceFile(path, denort);
  return path;
}

/**
 * Cuts `denort` out of a program that was compiled with it.
 *
 * `deno compile` appends its data and larger tables of headers, and points the ELF header to those. This points it back
 * and cuts off the rest. The fields are `e_phoff`, `e_shoff`, `e_phnum` and `e_shnum` of elf(5).
 *
 * @throws {Error} if the result does not have the digest of the recipe.
 */
export async function cutDenort(
  program: Uint8Array,
  recipe: Recipe = RECIPE,
): Promise<Uint8Array> {
  const { programHeaders, sectionHeaders, size, sha256 } = recipe;
  if (program.length < size) {
    throw new Error(
      `Cannot recover denort: the program has ${program.length} bytes and must have at least ${size}`,
    );
  }
  const denort = program.slice(0, size);
  const header = new DataView(denort.buffer);
  header.setBigUint64(0x20, BigInt(programHeaders.offset), true);
  header.setBigUint64(0x28, BigInt(sectionHeaders.offset), true);
  header.setUint16(0x38, programHeaders.count, true);
  header.setUint16(0x3c, sectionHeaders.count, true);

  const digest = await digestOf(denort);
  if (digest !== sha256) {
    throw new Error(
      `Cannot recover denort: its SHA-256 is ${digest} and must be ${sha256}`,
    );
  }
  return denort;
}

async function isDenort(path: string): Promise<boolean> {
  try {
    return await digestOf(await Deno.readFile(path)) === RECIPE.sha256;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** The part of the output of `deno info` that is used here. */
interface DenoInfo {
  denoDir?: string;
  npmPackages?: Record<string, { localPath?: string }>;
  modules?: { error?: string }[];
}

/**
 * Returns what Deno knows about its cache, or about a package. Deno downloads the package for that, from the registry
 * and with the certificates that are configured here. `deno.json` and `deno.lock` stay as they are.
 */
async function denoInfo(...specifier: string[]): Promise<DenoInfo> {
  const flags = ["--json", "--quiet", "--no-lock", "--node-modules-dir=none"];
  const json = await runDeno(["info", ...flags, ...specifier], { cwd: ROOT });
  return JSON.parse(new TextDecoder().decode(json));
}
