import { Buffer } from "node:buffer";
import type { Frame } from "../events/frame.ts";

const CHUNKS = new WeakMap<Frame, Buffer>();

/**
 * Returns the bytes as a chunk of a body: https://www.rfc-editor.org/rfc/rfc9112#section-7.1. It is made once, however
 * many streams the same bytes go to.
 *
 * @param bytes At least one: an empty chunk would end the body.
 */
export function toChunk(bytes: Frame): Buffer {
  let chunk = CHUNKS.get(bytes);
  if (!chunk) {
    chunk = Buffer.concat([
      Buffer.from(`${bytes.length.toString(16)}\r\n`),
      bytes,
      Buffer.from("\r\n"),
    ]);
    CHUNKS.set(bytes, chunk);
  }
  return chunk;
}
