import { assert, assertEquals } from "@std/assert";
import {
  findCircle,
  findModules,
  folderOf,
  importsOf,
  readImports,
  readModule,
  wrongArrows,
} from "./support/imports.ts";

const MAX_LINES = 200;

/** What may be imported from everywhere. */
const SHARED = ["log", "std"];

/** What each folder may import, besides itself. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  "main.ts": [
    ...["config.ts", "config", "server", "routes", "access", "clock", "hub"],
    ...["journal", "events", ...SHARED],
  ],
  "config.ts": [
    ...["config", "routes", "access", "clock", "journal", "events", ...SHARED],
  ],
  config: [
    ...["config.ts", "routes", "access", "clock", "journal", "events"],
    ...["deno.json", ...SHARED],
  ],
  server: ["routes", "access", "clock", "hub", "journal", "events", ...SHARED],
  routes: [
    ...["access", "islands", "clock", "hub", "journal", "events", "static"],
    ...["client", ...SHARED],
  ],
  access: ["hub", "journal", "events", ...SHARED],
  islands: ["clock", "events", ...SHARED],
  client: ["events", ...SHARED],
  clock: ["hub", "journal", "events", ...SHARED],
  hub: ["journal", "events", ...SHARED],
  journal: ["events", ...SHARED],
  events: SHARED,
  log: ["std"],
  std: [],
  tools: ["client", "deno.json"],
};

const MODULES = await findModules();
const IMPORTS = await readImports(MODULES);

Deno.test("Every module is in a folder that the table of imports names", () => {
  assertEquals(MODULES.filter((path) => !(folderOf(path) in ARROWS)), []);
  for (const folder of Object.keys(ARROWS)) {
    assert(MODULES.some((path) => folderOf(path) === folder), folder);
  }
});

Deno.test("Imports go one way: main → server → routes → access, islands, clock → hub → journal → events", () => {
  assertEquals(wrongArrows(IMPORTS, ARROWS), []);
});

Deno.test("No modules import each other in a circle, imports of types included", () => {
  assertEquals(findCircle(IMPORTS), undefined);
});

Deno.test(`No module has more than ${MAX_LINES} lines`, async () => {
  const long: string[] = [];
  for (const path of MODULES) {
    const lines = (await readModule(path)).trimEnd().split("\n").length;
    if (lines > MAX_LINES) long.push(`${path}: ${lines}`);
  }
  assertEquals(long, []);
});

Deno.test("node:http, which takes memory, is imported by the listener node alone", async () => {
  const importers: string[] = [];
  for (const path of MODULES) {
    if (path.startsWith("server/node_")) continue;
    // An import() takes it only where it is needed.
    if (/(?<!import\()"node:(?:http|net)"/.test(await readModule(path))) {
      importers.push(path);
    }
  }
  assertEquals(importers, []);
});

Deno.test("importsOf finds every way to import, and neither packages nor examples", () => {
  const text = `import a, { b } from "./a.ts";
import type { C } from "../c/c.ts";
import {
  type D,
  d,
} from "./d.ts";
import "./e.ts";
export * from "./f.ts";
export type { G } from "./g.ts";
import { assert } from "@std/assert";
import { join } from "node:path";
import css from "../static/style.css" with { type: "text" };
/** @example \`import { x } from "./example.ts";\` */
type H = import("./h.ts").H;
const i = await import("./i.ts");
`;
  assertEquals(importsOf("x/y.ts", text), [
    ...["x/a.ts", "c/c.ts", "x/d.ts", "x/e.ts", "x/f.ts", "x/g.ts"],
    ...["std/assert.ts", "static/style.css", "x/h.ts", "x/i.ts"],
  ]);
});

Deno.test("wrongArrows finds an import against the arrows, and one from tests", () => {
  const wrong = wrongArrows(
    new Map([
      ["hub/hub.ts", ["journal/journal.ts", "hub/ring.ts", "log/log.ts"]],
      ["journal/tail.ts", ["hub/hub.ts"]],
      ["log/log.ts", ["tests/support/log.ts"]],
    ]),
    ARROWS,
  );
  assertEquals(wrong, [
    "journal/tail.ts → hub/hub.ts",
    "log/log.ts → tests/support/log.ts",
  ]);
});

Deno.test("findCircle finds a circle of three, and none where two ways lead to the same module", () => {
  const imports = new Map([
    ["a.ts", ["b.ts", "c.ts"]],
    ["b.ts", ["c.ts"]],
    ["c.ts", ["d.ts"]],
  ]);
  assertEquals(findCircle(imports), undefined);
  imports.set("d.ts", ["b.ts"]);
  assertEquals(findCircle(imports), ["b.ts", "c.ts", "d.ts", "b.ts"]);
});
