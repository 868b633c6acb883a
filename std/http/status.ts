/** `@std/http/status`, from npm, with its types. */
// @ts-types="./status.d.ts"
export * from "deno-std/http/status.js";
