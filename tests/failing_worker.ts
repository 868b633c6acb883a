/**
 * A worker that crashes when it is told to on the channel `crash`: by the name with which it answers to `who`.
 *
 * @module
 */
import "../worker.ts";

const name = crypto.randomUUID();
const crash = new BroadcastChannel("crash");
crash.onmessage = ({ data }) => {
  if (data === "who") crash.postMessage(name);
  if (data === name) throw new Error("told to");
};
