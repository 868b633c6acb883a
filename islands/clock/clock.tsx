import { type ClockView, streamPath } from "./clock_view.ts";
import { ConnectionLine } from "../page/connection_line.tsx";
import { LatenessPlot } from "./lateness_plot.tsx";
import { UNTRANSLATED } from "../page/untranslated.ts";
import { utcOffset } from "../page/utc_offset.ts";

/** The island's props. The server embeds them in the page, so that both sides render the same. */
export interface ClockProps {
  view: ClockView;
  /** Where the server is, for the `curl` line: `http://127.0.0.1:8000/`. */
  base: string;
  /** The zone of a stream without `tz`. */
  serverZone: string;
  /** Called to pause or open the stream. */
  onAction?: () => void;
}

/** The clock's island. All of it is rendered from the props. */
export function Clock({ view, base, serverZone, onAction }: ClockProps) {
  const { connection, note } = view;
  const zone = view.zone === serverZone ? undefined : view.zone;
  return (
    <>
      <section class="panel">
        <CurrentTime {...view} />
        <ConnectionLine {...{ connection, note, onAction }} />
      </section>
      {/* On wide screens, the style sheet shows the content of closed details, too. */}
      <details class="panel ticks">
        <summary>Statistics</summary>
        <Facts {...view} />
        <LatenessPlot ticks={view.ticks} nowMs={view.ms} />
        <p class="remark" {...UNTRANSLATED}>
          {against(view)}
          {view.ticks.some(({ lateMs }) => lateMs === undefined) &&
            " Orange, below the line: ticks whose lateness is not measured, such as those from before this connection."}
        </p>
      </details>
      <section class="terminal">
        <h2>In a terminal</h2>
        <div {...UNTRANSLATED}>
          <pre><code>curl -N {shellWord(base + streamPath(zone))}</code></pre>
        </div>
      </section>
    </>
  );
}

function CurrentTime({ time, ms, zone }: ClockView) {
  const [date, clock] = time.split(" ");
  const offset = offsetOf(time, ms);
  return (
    <div class="now">
      <p>
        The current time is{" "}
        <time datetime={time + offset}>
          <span class="date" {...UNTRANSLATED}>{date}</span>{" "}
          <span class="clock" {...UNTRANSLATED}>{clock}</span>
        </time>
      </p>
      <p class="zone" {...UNTRANSLATED}>
        {zone === "UTC" ? zone : `${zone}, UTC${offset}`}
      </p>
    </div>
  );
}

function Facts({ events, lastId, ticks }: ClockView) {
  const lateMs = ticks.at(-1)?.lateMs;
  return (
    <dl>
      <div>
        <dt>Events received</dt>
        <dd {...UNTRANSLATED}>{events}</dd>
      </div>
      <div>
        <dt>Lateness</dt>
        <dd {...UNTRANSLATED}>
          {lateMs === undefined ? "–" : `${Math.round(lateMs)} ms`}
        </dd>
      </div>
      <div>
        <dt>Last id</dt>
        <dd {...UNTRANSLATED}>{lastId || "none yet"}</dd>
      </div>
    </dl>
  );
}

function against({ clock, errorMs }: ClockView): string {
  if (!clock) return "The server’s clock is not known yet.";
  return errorMs === undefined
    ? "Measured against this browser’s clock: the server’s could not be read."
    : `Measured against the server’s clock, known to ±${
      Math.ceil(errorMs)
    } ms.`;
}

/** The offset of a zone from UTC, such as `+05:30`, from its local time and the same time in ms since the epoch. */
function offsetOf(time: string, ms: number): string {
  const local = Date.parse(`${time.replace(" ", "T")}Z`);
  return utcOffset(Math.round((local - ms) / 60_000));
}

/** Quotes a URL with a `?`, which is a pattern to a shell. */
function shellWord(url: string): string {
  return url.includes("?") ? `'${url}'` : url;
}
