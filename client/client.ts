/**
 * The entry of `/client.js` and of the package.
 *
 * @module
 */
export { ChimeSource } from "./chime_source.ts";
