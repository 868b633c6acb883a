import { dirname, join, normalize } from "node:path/posix";
import manifest from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

/** Folders that hold no part of Chime itself. */
const OTHERS = ["tests", "bench", "node_modules"];

/** Files and the files that each imports, by their paths from the root. */
export type Imports = ReadonlyMap<string, readonly string[]>;

/** Finds Chime's own modules, by their paths from the root. */
export async function findModules(folder = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(new URL(folder, ROOT))) {
    const path = folder + entry.name;
    if (entry.name.startsWith(".") || OTHERS.includes(path)) continue;
    if (entry.isDirectory) paths.push(...await findModules(`${path}/`));
    else if (/(?<!\.d)\.tsx?$/.test(entry.name)) paths.push(path);
  }
  return paths.sort();
}

/** Reads what the modules import of this repository. */
export async function readImports(paths: readonly string[]): Promise<Imports> {
  const entries = paths.map(async (path) =>
    [path, importsOf(path, await readModule(path))] as const
  );
  return new Map(await Promise.all(entries));
}

/** The text of a module. */
export function readModule(path: string): Promise<string> {
  return Deno.readTextFile(new URL(path, ROOT));
}

/** `import … from "x"` and `export … from "x"`, also of types; `import "x"`; `import("x")`, also in types. */
const SPECIFIER =
  /^(?:import|export)\b[^"';]*?\bfrom\s*"([^"]+)"|^import\s*"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

/** The files that a module's text imports. Packages are left out. */
export function importsOf(path: string, text: string): string[] {
  const found = [...text.matchAll(SPECIFIER)].flatMap(([, ...names]) => {
    const name = names.find((name) => name !== undefined)!;
    const mapped = (manifest.imports as Record<string, string>)[name];
    if (mapped?.startsWith(".")) return [normalize(mapped)];
    return name.startsWith(".") ? [join(dirname(path), name)] : [];
  });
  return [...new Set(found)];
}

/**
 * The imports that the table does not allow, as `a/x.ts → b/y.ts`.
 *
 * @param arrows What each folder may import, besides itself. A file at the root is a folder of its own.
 */
export function wrongArrows(
  imports: Imports,
  arrows: Readonly<Record<string, readonly string[]>>,
): string[] {
  const wrong: string[] = [];
  for (const [from, targets] of imports) {
    const allowed = arrows[folderOf(from)] ?? [];
    for (const to of targets) {
      const isOwn = folderOf(to) === folderOf(from);
      if (!isOwn && !allowed.includes(folderOf(to))) {
        wrong.push(`${from} → ${to}`);
      }
    }
  }
  return wrong;
}

/** The folder right below the root, or the file where it lies at the root. */
export function folderOf(path: string): string {
  return path.split("/", 1)[0]!;
}

/** The first circle of imports, beginning and ending with the same file; nothing where there is none. */
export function findCircle(imports: Imports): string[] | undefined {
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (path: string): string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return undefined;
    way.push(path);
    for (const to of imports.get(path) ?? []) {
      const circle = visit(to);
      if (circle) return circle;
    }
    way.pop();
    done.add(path);
    return undefined;
  };
  for (const path of imports.keys()) {
    const circle = visit(path);
    if (circle) return circle;
  }
  return undefined;
}
