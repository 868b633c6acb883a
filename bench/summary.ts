import { median } from "./columns.ts";

/** A column's values of one server, over all runs. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param values One value of each run. Those that are not finite, as of a run that delivered nothing, are left out. */
export function summarize(values: readonly number[]): Summary | undefined {
  const known = values.filter(Number.isFinite);
  return known.length === 0 ? undefined : {
    median: median(known),
    min: Math.min(...known),
    max: Math.max(...known),
  };
}

/** Writes a number with separators between the thousands. */
function show(value: number, digits: number): string {
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** Writes a cell of the table: the median, the spread, and the ratio to the reference, if there is one. */
export function cell(
  summary: Summary | undefined,
  digits: number,
  reference: Summary | undefined,
): string {
  if (!summary) return "–";
  const { median, min, max } = summary;
  const ratio = reference && reference.median > 0
    ? ` ×${(median / reference.median).toFixed(2)}`
    : "";
  const spread = min < max
    ? ` (${show(min, digits)}–${show(max, digits)})`
    : "";
  return `${show(median, digits)}${spread}${ratio}`;
}
