import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { replaceFile } from "./replace_file.ts";
import { runDeno } from "./run_deno.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A program on npm that was compiled with Deno 2.9.4, and so begins with its `denort`. */
const PACKAGE = "@chelonia/cli-x64-linux@3.4.0";
const PROGRAM = "chel";

/** How `denort` lies in a program that was compiled with it: first, but with an ELF header that points elsewhere. */
export interface Recipe {
  /** Where `denort` alone has its program headers, in bytes, and how many they are. */
  readonly programHeaders: { readonly offset: number; readonly count: number };
  /** The same of its section headers. */
  readonly sectionHeaders: { readonly offset: number; readonly count: number };
  /** How long it is, in bytes. */
  readonly size: number;
  /** What it must be, in hex. */
  readonly sha256: string;
}

const RECIPE: Recipe = {
  programHeaders: { offset: 64, count: 12 },
  sectionHeaders: { offset: 107_591_688, count: 38 },
  size: 107_594_120,
  sha256: "723d45cca4f68bd66652da1e0d45562b0700317c1535981035f50f078785a131",
};

/**
 * Gets `denort`, which `deno compile` builds upon, from npm: for Linux on x64, where the place that Deno downloads it
 * from cannot be reached. It stays in Deno's cache, and its digest is checked at every use.
 *
 * It is as old as the program it is cut from, and nobody published it as what it is here: good for development and
 * tests, never for a release.
 *
 * @returns The file's path, for `DENORT_BIN`.
 * @throws {Error} where npm cannot be reached either, or hands out anything else.
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
 * `deno compile` appends what it embeds, with larger tables of headers, and points the ELF header to those. To point it
 * back and cut the rest off undoes that. The fields are `e_phoff`, `e_shoff`, `e_phnum` and `e_shnum` of elf(5).
 *
 * @throws {Error} where the outcome has another digest than the recipe's.
 */
export async function cutDenort(
  program: Uint8Array,
  recipe: Recipe = RECIPE,
): Promise<Uint8Array> {
  const { programHeaders, sectionHeaders, size, sha256 } = recipe;
  if (program.length < size) {
    throw new Error(
      `Cannot recover denort: the program has ${program.length} bytes, fewer than denort's ${size}`,
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
      `Cannot recover denort: its SHA-256 is ${digest} where ${sha256} is due`,
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

/** The part that is used here of what `deno info` tells. */
interface DenoInfo {
  denoDir?: string;
  npmPackages?: Record<string, { localPath?: string }>;
  modules?: { error?: string }[];
}

/**
 * What Deno knows of its cache, or of a package, which it downloads to tell: from the registry, and with the
 * certificates, that are configured here. Neither `deno.json` nor `deno.lock` notices.
 */
async function denoInfo(...specifier: string[]): Promise<DenoInfo> {
  const flags = ["--json", "--quiet", "--no-lock", "--node-modules-dir=none"];
  const json = await runDeno(["info", ...flags, ...specifier], { cwd: ROOT });
  return JSON.parse(new TextDecoder().decode(json));
}
