import { LIBRARIES, type Library } from "./libraries.ts";
import { isInstalled, REGISTRIES, type Registry } from "./registries.ts";

/** Returns the libraries that are here. Registers a skipped test for each registry whose libraries are not. */
export async function installedLibraries(): Promise<Library[]> {
  const found: Registry[] = [];
  for (const registry of Object.keys(REGISTRIES) as Registry[]) {
    if (await isInstalled(registry)) found.push(registry);
    else {
      Deno.test.ignore(`Libraries from ${registry}: not installed`, () => {});
    }
  }
  return LIBRARIES.filter(({ registry }) => found.includes(registry));
}

/** Registers a test of these libraries, which is skipped where there are none. */
export function testOf(
  libraries: readonly Library[],
  name: string,
  fn: (t: Deno.TestContext) => Promise<void>,
): void {
  Deno.test({ name, ignore: libraries.length === 0, fn });
}
