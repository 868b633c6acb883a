/**
 * Writes rows as a Markdown table, padded to be read as plain text too. All columns but the first are aligned right.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = head.map((title, i) =>
    Math.max(title.length, 3, ...rows.map((row) => row[i]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${
      cells.map((text, i) =>
        i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!)
      ).join(" | ")
    } |`;
  const rule = `| ${
    widths.map((width, i) =>
      i === 0 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
    ).join(" | ")
  } |`;
  return [line(head), rule, ...rows.map(line)].join("\n");
}
