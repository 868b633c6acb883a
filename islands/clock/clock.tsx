import { type ClockView, streamPath } from "./clock_view.ts";
import { ConnectionLine } from "../page/connection_line.tsx";
import { LatenessPlot } from "./lateness_plot.tsx";
import { UNTRANSLATED } from "../page/untranslated.ts";
import { utcOffset } from "../page/utc_offset.ts";

/** What the island is given besides its view. The server sends it along, so that both sides render the same. */
export interface ClockProps {
  view: ClockView;
  /** Where the stream is, for the `curl` line: `http://127.0.0.1:8000`. */
  origin: string;
  /** The zone that a stream is in which names none. */
  serverZone: string;
  /** Pauses or opens the stream. */
  onAction?: () => void;
}

/** The clock: the whole island, rendered from its view alone. */
export function Clock({ view, origin, serverZone, onAction }: ClockProps) {
  const { connection, note } = view;
  const zone = view.zone === serverZone ? undefined : view.zone;
  return (
    <>
      <section class="panel">
        <CurrentTime {...view} />
        <ConnectionLine {...{ connection, note, onAction }} />
      </section>
      {/* Where there is room, the style sheet shows it all. */}
      <details class="panel ticks">
        <summary>Statistics</summary>
        <Facts {...view} />
        <LatenessPlot ticks={view.ticks} nowMs={view.ms} />
        <p class="remark" {...UNTRANSLATED}>
          {against(view)}{" "}
          Below the line: ticks that were due before the stream was open, such
          as those that came back. Their lateness says nothing.
        </p>
      </details>
      <section class="terminal">
        <h2>In a terminal</h2>
        <div {...UNTRANSLATED}>
          <pre><code>curl -N {shellWord(origin + streamPath(zone))}</code></pre>
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

function against({ clock }: ClockView): string {
  if (!clock) return "The server’s clock is not known yet.";
  return clock.errorMs === undefined
    ? "Measured against this browser’s clock: the server’s could not be read."
    : `Measured against the server’s clock, known to ±${
      Math.ceil(clock.errorMs)
    } ms.`;
}

/** How far a zone's time is from UTC, from what it says at a moment: `+05:30`. */
function offsetOf(time: string, ms: number): string {
  const local = Date.parse(`${time.replace(" ", "T")}Z`);
  return utcOffset(Math.round((local - ms) / 60_000));
}

/** A shell would take the `?` for a pattern. */
function shellWord(url: string): string {
  return url.includes("?") ? `'${url}'` : url;
}
