import type { Block } from "./event_log.ts";

/** Stands for the height of a row that was never seen, in px. */
const ROW_HEIGHT = 40;

/** A part of the blocks, and how much room those before and after it take, in px. */
export interface Span {
  from: number;
  to: number;
  before: number;
  after: number;
}

/** The height of all blocks, in px. */
export function heightOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, block) => sum + heightOfOne(block), 0);
}

/** The blocks that reach into what lies between two heights, in px from the first one's top. */
export function span(
  blocks: readonly Block[],
  top: number,
  bottom: number,
): Span {
  let end = 0;
  let before = 0;
  let after = 0;
  let from = 0;
  let to = 0;
  blocks.forEach((block, i) => {
    const start = end;
    end += heightOfOne(block);
    if (end <= top) {
      from = to = i + 1;
      before = end;
    } else if (start < bottom) to = i + 1;
    else after += end - start;
  });
  return { from, to, before, after };
}

function heightOfOne({ rows, height }: Block): number {
  return height ?? rows.length * ROW_HEIGHT;
}
