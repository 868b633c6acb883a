import { assert, assertEquals } from "@std/assert";
import { PAGES, ROOT } from "../support/pages.ts";

/** A file's name, as a page writes it. A call, such as `event.json()`, is none. */
const FILE =
  /(?<![\w./:@$-])(?:[\w.-]+\/)*[\w.-]+\.(?:tsx?|mjs|jsonc?|md|lock|ya?ml|css|svg|png|py|[ch])\b(?![/(])/g;
/** A folder's name, as a page writes it. */
const FOLDER = /`([\w.-]+(?:\/[\w.-]+)*)\/`/g;
/** Folders whose files no page means. */
const OTHERS = new Set([".git", "node_modules", "coverage"]);

/** The path of each file and each folder of the project. */
const PATHS = new Set(listPaths(ROOT, ""));

function listPaths(folder: URL, prefix: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = `${prefix}${name}`;
    if (!isDirectory || OTHERS.has(name)) return [path];
    return [path, ...listPaths(new URL(`${name}/`, folder), `${path}/`)];
  });
}

/** The path in the project that a path on a page stands for. */
function fromPage(page: string, path: string): string {
  const base = new URL(page, "file:///");
  return decodeURIComponent(new URL(path, base).pathname.slice(1));
}

/** The anchors of a page's headings, as forges make them. */
function anchors(text: string): string[] {
  return [...text.replace(/^```[^]*?^```/gm, "").matchAll(/^#+ (.*)$/gm)]
    .map(([, title]) =>
      title!.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-")
    );
}

for (const { name, text } of PAGES) {
  Deno.test(`The links of ${name} lead somewhere`, () => {
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [path, anchor] = target!.split("#");
      const file = path ? fromPage(name, path) : name;
      assert(PATHS.has(file), target!);
      if (anchor === undefined) continue;
      const page = PAGES.find((page) => page.name === file);
      assert(page && anchors(page.text).includes(anchor), target!);
    }
  });

  Deno.test(`The files that ${name} names exist`, () => {
    const prose = text.replace(/\]\([^)]*\)|https?:\/\/\S+/g, "");
    const names = [
      ...[...prose.matchAll(FILE)].map(([file]) => file),
      ...[...prose.matchAll(FOLDER)].map(([, folder]) => folder!),
    ];
    const paths = [...PATHS];
    const missing = names.filter((file) =>
      !PATHS.has(file) && !PATHS.has(fromPage(name, file)) &&
      // Beside the name of its folder, a file may stand alone.
      (file.includes("/") || !paths.some((path) => path.endsWith(`/${file}`)))
    );
    assertEquals(missing, []);
  });
}
