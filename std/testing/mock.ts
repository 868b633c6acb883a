/** `@std/testing/mock`, from npm, with its types. */
// @ts-types="./mock.d.ts"
export * from "deno-std-testing/mock.js";
