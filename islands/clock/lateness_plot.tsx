import type { SeenTick } from "./clock_view.ts";
import { UNTRANSLATED } from "../page/untranslated.ts";

const SECONDS = 60;
const HEIGHT = 40;
/** The top of the lane below the line, for ticks whose lateness says nothing. */
const LANE_Y = 43;
const LANE_HEIGHT = 3;
/** The width of a bar, in seconds; the rest is the gap to the next. */
const BAR_WIDTH = 0.7;
const SCALES_MS = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];

/**
 * A bar chart of how late each tick of the last minute came. It is two paths, stretched to the width: the page's policy
 * forbids style attributes, and a path costs less than sixty elements.
 */
export function LatenessPlot(
  { ticks, nowMs }: { ticks: readonly SeenTick[]; nowMs: number },
) {
  const measured = ticks.flatMap(({ lateMs }) => lateMs ?? []);
  const worstMs = Math.max(0, ...measured);
  const scaleMs = SCALES_MS.find((ms) => ms >= worstMs) ?? worstMs;
  let bars = "";
  let lane = "";
  for (const { ms, lateMs } of ticks) {
    const x = SECONDS - 1 - (nowMs - ms) / 1_000;
    if (lateMs === undefined) {
      lane += bar(x, LANE_Y, LANE_HEIGHT);
    } else {
      // A tick without lateness stays visible.
      const height = Math.max(1, (HEIGHT * lateMs) / scaleMs);
      bars += bar(x, HEIGHT - height, height);
    }
  }
  return (
    <figure>
      <figcaption>
        <strong>Lateness over the last minute</strong>
        <span {...UNTRANSLATED}>{summary(measured)}</span>
      </figcaption>
      <div class="axes" aria-hidden="true">
        <span class="top" {...UNTRANSLATED}>
          {worstMs > 0 && `${Math.round(scaleMs)} ms`}
        </span>
        <svg viewBox={`0 0 ${SECONDS} 46`} preserveAspectRatio="none">
          <path class="line" d={`${line(0)}${line(HEIGHT)}`} />
          <path class="measured" d={bars} />
          <path class="unmeasured" d={lane} />
        </svg>
        <span>1 min ago</span>
        <span>last tick</span>
      </div>
    </figure>
  );
}

function line(y: number): string {
  return `M0 ${y}h${SECONDS}v.5h-${SECONDS}z`;
}

function bar(x: number, y: number, height: number): string {
  return `M${x.toFixed(2)} ${y.toFixed(2)}h${BAR_WIDTH}v${
    height.toFixed(2)
  }h-${BAR_WIDTH}z`;
}

function summary(lateMs: number[]): string {
  if (!lateMs.length) return "no tick measured yet";
  const sorted = lateMs.toSorted((a, b) => a - b);
  const medianMs = Math.round(sorted[sorted.length >> 1]!);
  const worstMs = Math.round(sorted.at(-1)!);
  return `median ${medianMs} ms, worst ${worstMs} ms`;
}
