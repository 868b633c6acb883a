/**
 * Runs the suite in any runtime, with the client and the control that the arguments name: `node run.mjs client.js url`.
 * Prints the results as JSON.
 *
 * @module
 */
import process from "node:process";
import { runSuite } from "./suite.mjs";

const [, , client, control] = process.argv;
const { ChimeSource } = await import(client);
console.log(JSON.stringify(await runSuite(ChimeSource, control)));
