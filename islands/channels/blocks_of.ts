const BLOCK_ROWS = 25;

/** Puts rows into blocks that are not measured yet. */
export function blocksOf<Row>(
  rows: readonly Row[],
): { rows: Row[]; height: undefined }[] {
  return Array.from({ length: Math.ceil(rows.length / BLOCK_ROWS) }, (_, i) => {
    const start = i * BLOCK_ROWS;
    return { rows: rows.slice(start, start + BLOCK_ROWS), height: undefined };
  });
}

/** Whether a block has no room for another row. */
export function isBlockFull({ rows }: { rows: readonly unknown[] }): boolean {
  return rows.length === BLOCK_ROWS;
}
