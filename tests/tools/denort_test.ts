import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { cutDenort, type Recipe } from "../../tools/denort.ts";

const SIZE = 300;

/** Makes a runtime of `SIZE` bytes, a program compiled with it, and the recipe to undo that. */
async function setUp() {
  const runtime = Uint8Array.from({ length: SIZE }, (_, i) => i * 7);
  point(runtime, { programs: [64n, 12], sections: [200n, 38] });
  const program = new Uint8Array(SIZE + 50).fill(0xee);
  program.set(runtime);
  point(program, { programs: [310n, 13], sections: [2n ** 40n, 40] });
  const digest = await crypto.subtle.digest("SHA-256", runtime);
  const recipe: Recipe = {
    programHeaders: { offset: 64, count: 12 },
    sectionHeaders: { offset: 200, count: 38 },
    size: SIZE,
    sha256: new Uint8Array(digest).toHex(),
  };
  return { runtime, program, recipe };
}

/** Sets the position of a file's tables: `e_phoff`, `e_phnum`, `e_shoff` and `e_shnum` of its 64-bit ELF header. */
function point(
  file: Uint8Array<ArrayBuffer>,
  tables: { programs: [bigint, number]; sections: [bigint, number] },
): void {
  const header = new DataView(file.buffer);
  header.setBigUint64(32, tables.programs[0], true);
  header.setUint16(56, tables.programs[1], true);
  header.setBigUint64(40, tables.sections[0], true);
  header.setUint16(60, tables.sections[1], true);
}

Deno.test("cutDenort undoes what compiling did to the runtime, and leaves the program as it was", async () => {
  const { runtime, program, recipe } = await setUp();
  const before = program.slice();
  assertEquals(await cutDenort(program, recipe), runtime);
  assertEquals(program, before);
});

Deno.test("cutDenort refuses a program with a single other byte, naming both digests", async () => {
  const { program, recipe } = await setUp();
  program[SIZE - 1]! ^= 1;
  const error = await assertRejects(() => cutDenort(program, recipe), Error);
  assertMatch(
    error.message,
    new RegExp(
      `^Cannot recover denort: its SHA-256 is (?!${recipe.sha256})[0-9a-f]{64} and must be ${recipe.sha256}$`,
    ),
  );
});

Deno.test("cutDenort refuses a program shorter than the runtime", async () => {
  const { program, recipe } = await setUp();
  await assertRejects(
    () => cutDenort(program.subarray(0, SIZE - 1), recipe),
    Error,
    "the program has 299 bytes and must have at least 300",
  );
});

Deno.test("cutDenort accepts only the one runtime by default", async () => {
  const { program } = await setUp();
  await assertRejects(() => cutDenort(program), Error, "107594120");
});
