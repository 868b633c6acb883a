/** `@std/async/delay`, from npm, with its types. */
// @ts-types="./delay.d.ts"
export * from "deno-std/async/delay.js";
