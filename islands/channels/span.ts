import type { Block } from "./event_log.ts";

/** The assumed height of a row that was not measured yet, in px. */
const ROW_HEIGHT = 40;

/** A range of blocks, and the height of those before and after it, in px. */
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

/** Finds the blocks between two positions, in px from the top of the first block. */
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
