import {
  assert,
  assertEquals,
  assertFalse,
  assertNotMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { join } from "node:path";
import { bundle } from "../../tools/build.ts";
import { replaceFile } from "../../tools/replace_file.ts";

/** Makes a folder with a module `main.ts` that imports `word.ts`, to bundle into `out.js`. */
async function setUp() {
  const dir = await Deno.makeTempDir();
  const path = (name: string) => join(dir, name);
  const say = (word: string) =>
    Deno.writeTextFile(path("word.ts"), `export const word: string = ${word};`);
  await Deno.writeTextFile(path("deno.json"), "{}");
  await Deno.writeTextFile(
    path("main.ts"),
    'import { word } from "./word.ts";\nconsole.log(word);\n',
  );
  await say('"bim"');
  return {
    path,
    say,
    bundle: () =>
      bundle([[path("main.ts"), path("out.js")]], path("shared.js")),
    read: () => Deno.readTextFile(path("out.js")),
    names: () => Array.from(Deno.readDirSync(dir), ({ name }) => name).sort(),
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

Deno.test("bundle writes a module and its imports into one minified file", async () => {
  await using folder = await setUp();
  assert(await folder.bundle());
  const code = await folder.read();
  assertStringIncludes(code, '"bim"');
  assertNotMatch(code, /import|: string|\n./);
});

for (const dir of ["", "folder/"]) {
  Deno.test(`bundle puts what main.ts and ${dir}other.ts import into a file that both load`, async () => {
    await using folder = await setUp();
    await Deno.mkdir(folder.path(dir), { recursive: true });
    await folder.say('"bim" + Math.random()');
    await Deno.writeTextFile(
      folder.path(`${dir}other.ts`),
      `import { word } from "${
        dir ? "../" : "./"
      }word.ts";\nconsole.log("other", word);\n`,
    );
    const entries = [
      [folder.path("main.ts"), folder.path("main_out.js")],
      [folder.path(`${dir}other.ts`), folder.path("other_out.js")],
    ] as const;
    assert(await bundle(entries, folder.path("shared.js")));
    assertFalse(await bundle(entries, folder.path("shared.js")));
    assertStringIncludes(
      await Deno.readTextFile(folder.path("shared.js")),
      '"bim"',
    );
    for (const [, output] of entries) {
      const code = await Deno.readTextFile(output);
      assertNotMatch(code, /bim|chunk-/);
      assertStringIncludes(code, '"./shared.js"');
    }
    assertEquals(
      folder.names().filter((name) => name.endsWith(".js")),
      ["main_out.js", "other_out.js", "shared.js"],
    );
  });
}

Deno.test("bundle leaves an output alone that would stay the same", async () => {
  await using folder = await setUp();
  await folder.bundle();
  await Deno.utime(folder.path("out.js"), 1, 1);
  assertFalse(await folder.bundle());
  assertEquals(
    (await Deno.stat(folder.path("out.js"))).mtime?.getTime(),
    1_000,
  );
});

Deno.test("bundle notices a change of what the module imports, of any age", async () => {
  await using folder = await setUp();
  await folder.bundle();
  await folder.say('"bam"');
  await Deno.utime(folder.path("word.ts"), 1, 1);
  assert(await folder.bundle());
  assertStringIncludes(await folder.read(), '"bam"');
});

Deno.test("bundle tells where a module is broken, and keeps the output", async () => {
  await using folder = await setUp();
  await folder.bundle();
  const before = await folder.read();
  await folder.say('"bim');
  const error = await assertRejects(folder.bundle, Error, "word.ts:1:");
  assertFalse(error.message.includes("\x1b"), "free of a terminal's colours");
  assertEquals(await folder.read(), before);
  assertEquals(folder.names(), ["deno.json", "main.ts", "out.js", "word.ts"]);
});

Deno.test("replaceFile replaces a file whole, which whoever has it open does not notice", async () => {
  await using folder = await setUp();
  const path = folder.path("word.ts");
  using reader = await Deno.open(path);
  await replaceFile(path, new Uint8Array([1, 2]));
  assertEquals(await Deno.readFile(path), new Uint8Array([1, 2]));
  assertEquals(await reader.read(new Uint8Array(3)), 3);
});

Deno.test("replaceFile that fails leaves no new file", async () => {
  await using folder = await setUp();
  await Deno.mkdir(folder.path("out.js"));
  const before = folder.names();
  await assertRejects(
    () => replaceFile(folder.path("out.js"), new Uint8Array(1)),
    Error,
  );
  assertEquals(folder.names(), before);
});
