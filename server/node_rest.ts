import type { IncomingMessage, ServerResponse } from "node:http";
import { MAX_DROPPED_BYTES, MAX_DROPPING_MS } from "./drop_body.ts";

/**
 * Reads and drops what is left of a message's body when its answer is ready: at most 1 MiB. After 1 s, the connection is
 * cut. Node alone would read the body to its end, however long that is.
 *
 * @param answer Says that the connection is closed, if there is anything left. It must not have been sent.
 * @param onCut Called if the body has not ended by then.
 */
export function dropRest(
  message: IncomingMessage,
  answer: ServerResponse,
  onCut: () => void,
): void {
  if (message.complete) return;
  const { socket } = message;
  const timer = setTimeout(() => {
    if (!message.complete) onCut();
    socket.destroy();
  }, MAX_DROPPING_MS);
  socket.once("close", () => clearTimeout(timer));
  let size = 0;
  message.on("data", ({ length }) => {
    size += length;
    if (size > MAX_DROPPED_BYTES) message.pause();
  });
  answer.shouldKeepAlive = false;
  // With the answer's end, Node calls this. It would destroy the connection, and the system would take back the answer
  // from a client that is still sending.
  socket.destroySoon = () => socket.end();
}
