import { median } from "./columns.ts";

/** A column of one server over its runs. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param values One of each run; those that are no number, as of a run that delivered nothing, are left out. */
export function summarize(values: readonly number[]): Summary | undefined {
  const known = values.filter(Number.isFinite);
  return known.length === 0 ? undefined : {
    median: median(known),
    min: Math.min(...known),
    max: Math.max(...known),
  };
}

/** The number with its thousands set apart. */
function show(value: number, digits: number): string {
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** A cell of the table: the median, the spread, and the ratio to the reference where there is one. */
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
