import { succeeds } from "../../support/succeeds.ts";

/** Whether the package can be packed and installed. */
export const HAS_NPM = await succeeds("npm", "--version");

/** What a test's name ends with where it is skipped. */
export const SKIPPED = HAS_NPM ? "" : " (skipped: no npm)";

/** A runtime that the client is tested in. */
export interface Runtime {
  readonly name: string;
  /** What runs a program there, without the program's own path. */
  readonly command: readonly [program: string, ...args: string[]];
  readonly has: boolean;
  /** What a test's name ends with where it is skipped. */
  readonly skipped: string;
}

/** Deno, Node and Bun, as far as they are there. */
export const RUNTIMES: readonly Runtime[] = await Promise.all(
  ([
    ["Deno", Deno.execPath(), "run", "-A"],
    ["Node", "node"],
    ["Bun", "bun"],
  ] as const).map(async ([name, ...command]) => {
    const has = HAS_NPM && await succeeds(command[0], "--version");
    const skipped = has ? "" : ` (skipped: no npm or no ${name})`;
    return { name, command, has, skipped };
  }),
);
