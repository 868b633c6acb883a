/** `@std/http/etag`, from npm, with its types. */
// @ts-types="./etag.d.ts"
export * from "deno-std/http/etag.js";
