/** `@std/assert`, from npm, with its types. Moving to JSR is a change of `deno.json` alone. */
// @ts-types="./assert.d.ts"
export * from "deno-std/assert/mod.js";
