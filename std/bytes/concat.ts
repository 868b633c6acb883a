/** `@std/bytes/concat`, from npm, with its types. */
// @ts-types="./concat.d.ts"
export * from "deno-std/bytes/concat.js";
