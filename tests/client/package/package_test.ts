import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { h } from "preact";
import { useEffect } from "preact/hooks";
import { render } from "preact-render-to-string";
import deno from "../../../deno.json" with { type: "json" };
import { installed } from "./project.ts";
import { HAS_NPM, RUNTIMES, SKIPPED } from "./runtimes.ts";

/** Imports the package, and prints which globals that touched, and which it added. */
const TOUCHED = `
const touched = [];
const before = Reflect.ownKeys(globalThis).length;
const own = new Map();
const names = ["document", "location", "navigator", "addEventListener", "fetch", "localStorage", "sessionStorage",
  "MessageEvent", "Event", "AbortController", "performance", "queueMicrotask", "setInterval", "setTimeout", "Headers",
  "EventSource", "Worker", "SharedWorker", "BroadcastChannel"];
for (const name of names) {
  own.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  Object.defineProperty(globalThis, name, {
    configurable: true,
    get() {
      touched.push(name);
    },
  });
}
const { ChimeSource } = await import("@chime/client");
for (const name of names) {
  delete globalThis[name];
  if (own.get(name)) Object.defineProperty(globalThis, name, own.get(name));
}
const added = Reflect.ownKeys(globalThis).length - before;
console.log(JSON.stringify({ touched, added, name: ChimeSource.name.length > 0 }));
`;

Deno.test({
  name:
    `The package holds the client, its types and how to use it, in Chime's version${SKIPPED}`,
  ignore: !HAS_NPM,
  async fn() {
    await using project = await installed();
    const folder = join(project.folder, "node_modules/@chime/client");
    const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
    assertEquals(names.sort(), [
      ...["LICENSE", "README.md", "client.d.ts", "client.js", "package.json"],
    ]);
    const manifest = JSON.parse(
      await Deno.readTextFile(join(folder, "package.json")),
    );
    assertEquals(manifest.version, deno.version);
    assertEquals(manifest.sideEffects, false);
    assertEquals(manifest.dependencies, undefined);
    for (const name of ["client.js", "client.d.ts"]) {
      assert((await Deno.readTextFile(join(folder, name))).length > 1_000);
    }
  },
});

for (const { name, command, has, skipped } of RUNTIMES) {
  Deno.test({
    name: `Importing the package in ${name} touches no global${skipped}`,
    ignore: !has,
    async fn() {
      await using project = await installed();
      await project.write("main.js", TOUCHED);
      const { text } = await project.run(...command, "main.js");
      assertEquals(text, '{"touched":[],"added":0,"name":true}\n');
    },
  });
}

Deno.test({
  name:
    `A component that imports the package is rendered on a server${SKIPPED}`,
  ignore: !HAS_NPM,
  async fn() {
    await using project = await installed();
    const { ChimeSource } = await import(
      join(project.folder, "node_modules/@chime/client/client.js")
    );
    let opened = 0;
    function News() {
      useEffect(() => {
        opened++;
        const source = new ChimeSource("/sse/news");
        return () => source.close();
      });
      return h("p", null, `live: ${ChimeSource.OPEN}`);
    }
    assertEquals(render(h(News, null)), "<p>live: 1</p>");
    assertEquals(opened, 0);
  },
});
