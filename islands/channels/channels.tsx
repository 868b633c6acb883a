import { areNamed, channelOf, channelPath } from "./channel_names.ts";
import type { StreamView } from "./channel_stream.ts";
import { ConnectionLine } from "../page/connection_line.tsx";
import { EventList } from "./event_list.tsx";
import { EventLog } from "./event_log.ts";
import { fullLocalTime } from "./local_time.tsx";
import { PublishForm } from "./publish_form.tsx";
import { UNTRANSLATED } from "../page/untranslated.ts";

/** The island's props. The server embeds them in the page, so that both sides render the same. */
export interface ChannelsProps {
  view: StreamView;
  /** The channels as typed. */
  text: string;
  /** Why the typed channels cannot be shown, or an empty string. */
  refusal: string;
  /** Where the server is, for the `curl` lines: `http://127.0.0.1:8000/`. */
  base: string;
  /** The clock's zone as chosen, or an empty string. Without script, the form has to keep it. */
  tz: string;
  /** The interval of the server's heartbeats on an idle stream, in ms. */
  heartbeatMs: number;
}

/** The props that only the browser has: the events, and handlers of what the reader does. */
export interface ChannelsLife {
  log: EventLog;
  onChoose(event: SubmitEvent): void;
  /** How many choices of channels were refused so far. */
  refusals: number;
  onToggle(): void;
  /** Fetches older events. */
  onOldest(): void;
  /** Drops the connection, or restores it. */
  onDrop(): void;
  /** The time, in ms since the epoch, when the page is being printed. */
  printedMs: number | undefined;
}

const EMPTY = new EventLog();

/** The island: the choice of channels, their events, and the form that publishes. */
export function Channels(
  { view, text, refusal, base, tz, life }: ChannelsProps & {
    life?: ChannelsLife;
  },
) {
  const { connection, note, channels } = view;
  const url = base + channelPath(...channels);
  const refusals = life?.refusals ?? 0;
  const printedMs = life?.printedMs;
  const isAway = connection === "reconnecting";
  return (
    <>
      <div class="panel">
        <div class="bar">
          <form action="./" onSubmit={life?.onChoose}>
            <label for="channels-field">Channels, separated by commas</label>
            <input
              id="channels-field"
              name="channels"
              defaultValue={text}
              aria-invalid={refusal !== ""}
              // Screen readers do not read a status that is there from the start, but they read the focused field.
              autofocus={refusal !== ""}
              aria-describedby="channels-fault"
              autocapitalize="off"
              spellcheck={false}
              dir="auto"
            />
            {tz && <input type="hidden" name="tz" value={tz} />}
            <button type="submit">
              <span class="scripted">Show</span>
              <span class="unscripted">Show the commands</span>
            </button>
            <p
              id="channels-fault"
              class="fault"
              role="status"
              {...UNTRANSLATED}
            >
              {/* The key makes a new element for each refusal, so that a screen reader reads the same words again. */}
              <span key={refusals} dir="auto">
                {refusal
                  ? `${refusal}. The page shows ${channels.join(", ")}.`
                  : null}
              </span>
            </p>
          </form>
          <ConnectionLine {...{ connection, note }} onAction={life?.onToggle}>
            <button
              type="button"
              class="second"
              disabled={!isAway && connection !== "live" &&
                connection !== "connecting"}
              onClick={life?.onDrop}
            >
              {isAway ? "Reconnect" : "Drop the connection"}
            </button>
          </ConnectionLine>
        </div>
        {/* Printouts leave out the field that names the channels. */}
        <p class="printed" {...UNTRANSLATED}>
          {channels.join(", ")}
          {printedMs && <>, printed at {fullLocalTime(printedMs)}</>}
        </p>
        <EventList
          log={life?.log ?? EMPTY}
          named={areNamed(channels)}
          connection={connection}
          isPrinted={printedMs !== undefined}
          onOldest={life?.onOldest}
        />
        <PublishForm
          channels={channels}
          disabled={connection === "loaded"}
        />
      </div>
      <div class="terminal">
        <h3>In a terminal</h3>
        <div {...UNTRANSLATED}>
          <pre><code>curl -N {quoted(url)}</code></pre>
          <pre><code>curl -H 'Authorization: Bearer {"<token>"}' -d 'Hello' {base + channelPath(channelOf(channels))}</code></pre>
        </div>
      </div>
    </>
  );
}

/** A URL as a shell takes it: one would look for files where it has a star. */
function quoted(url: string): string {
  return url.includes("*") ? `'${url}'` : url;
}
