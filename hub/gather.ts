import { concat } from "@std/bytes/concat";
import type { Frame } from "../events/frame.ts";
import type { Chunk, Cursor } from "./cursor.ts";
import type { Position, Ring } from "./ring.ts";

/** The size of one write, in bytes, unless a single frame is larger: a member that stops reading holds no more than this. */
const MAX_CHUNK_BYTES = 64 * 1024;

/**
 * Gathers the frames after a cursor in the rings, as many as one write takes; nothing where there are none.
 *
 * @param named Whether each frame names its channel.
 */
export function gather(
  rings: readonly Ring[],
  cursor: Cursor,
  named: boolean,
): Chunk | undefined {
  const frames: Frame[] = [];
  let size = 0;
  let last: (Position & { frame: Frame }) | undefined;
  for (const entry of inOrder(rings, cursor.ordinal, named)) {
    size += entry.frame.length;
    if (last && size > MAX_CHUNK_BYTES) break;
    frames.push(entry.frame);
    last = entry;
  }
  return last && {
    // Most chunks have one frame: that one is not copied.
    bytes: frames.length > 1 ? concat(frames) : last.frame,
    count: frames.length,
    last: last.id,
    next: {
      ordinal: last.ordinal,
      id: last.id,
      total: cursor.total + frames.length,
      skips: cursor.skips,
    },
  };
}

/** Merges the rings in the order of their ordinals. */
function* inOrder(
  rings: readonly Ring[],
  ordinal: number,
  named: boolean,
): Generator<Position & { frame: Frame }> {
  // Of many channels, few have news.
  const sources = rings.filter((ring) => ring.hasAfter(ordinal))
    .map((ring) => ring.after(ordinal, named));
  const heads = sources.map((source) => source.next().value);
  while (true) {
    let first = -1;
    for (let i = 0; i < heads.length; i++) {
      const head = heads[i];
      if (head && (first < 0 || head.ordinal < heads[first]!.ordinal)) {
        first = i;
      }
    }
    if (first < 0) return;
    yield heads[first]!;
    heads[first] = sources[first]!.next().value;
  }
}
