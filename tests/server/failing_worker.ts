/**
 * A worker that fails when it is told to on the channel `fail`: it answers to `who` with its name, crashes at
 * `crash <name>`, and hangs at `hang <name>`.
 *
 * @module
 */
import "../../server/worker.ts";

const name = crypto.randomUUID();
const fail = new BroadcastChannel("fail");
fail.onmessage = ({ data }) => {
  if (data === "who") fail.postMessage(name);
  if (data === `crash ${name}`) throw new Error("told to");
  while (data === `hang ${name}`);
};
