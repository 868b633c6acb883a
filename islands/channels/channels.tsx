import { channelPath } from "./channel_names.ts";
import type { StreamView } from "./channel_stream.ts";
import { ConnectionLine } from "../page/connection_line.tsx";
import { EventList } from "./event_list.tsx";
import { EventLog } from "./event_log.ts";
import { PublishForm } from "./publish_form.tsx";
import { UNTRANSLATED } from "../page/untranslated.ts";

/** What the island is given. The server sends it along, so that both sides render the same. */
export interface ChannelsProps {
  view: StreamView;
  /** The channels as they were typed. */
  text: string;
  /** Why those that were typed cannot be shown, or nothing. */
  refusal: string;
  /** Where the stream is, for the `curl` lines: `http://127.0.0.1:8000`. */
  origin: string;
  /** The clock's zone, where one is chosen: without script, the form has to keep it. */
  tz: string;
  /** After how much silence the server sends a comment on a stream, in ms. */
  heartbeatMs: number;
}

/** What the reader does, and what came: the browser's part. */
export interface ChannelsLife {
  log: EventLog;
  onChoose(event: SubmitEvent): void;
  /** How many choices were refused. */
  refusals: number;
  onToggle(): void;
  /** Has older events brought in. */
  onOldest(): void;
  /** Drops the connection, or has it back. */
  onDrop(): void;
}

const EMPTY = new EventLog();

/** The channels: choose them, see their events, publish. */
export function Channels(
  { view, text, refusal, origin, tz, life }: ChannelsProps & {
    life?: ChannelsLife;
  },
) {
  const { connection, note, channels } = view;
  const url = origin + channelPath(...channels);
  const refusals = life?.refusals ?? 0;
  const isAway = connection === "reconnecting";
  return (
    <>
      <div class="panel">
        <div class="bar">
          <form action="/" onSubmit={life?.onChoose}>
            <label for="channels-field">Channels, with commas between</label>
            <input
              id="channels-field"
              name="channels"
              defaultValue={text}
              aria-invalid={refusal !== ""}
              // Nobody hears a status that a page begins with, but what the focus is on.
              autofocus={refusal !== ""}
              aria-describedby="channels-fault"
              autocapitalize="off"
              spellcheck={false}
              dir="auto"
            />
            {tz && <input type="hidden" name="tz" value={tz} />}
            <button type="submit">Show</button>
            <p
              id="channels-fault"
              class="fault"
              role="status"
              {...UNTRANSLATED}
            >
              {/* A new element for each: the same refusal, heard again, is news. */}
              <span key={refusals} dir="auto">
                {refusal
                  ? `${refusal}. Shown is ${channels.join(", ")}.`
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
        {/* On paper the field is gone that says it. */}
        <p class="printed" {...UNTRANSLATED}>{channels.join(", ")}</p>
        <EventList
          log={life?.log ?? EMPTY}
          named={channels.length > 1}
          isLive={connection === "live"}
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
          <pre><code>curl -N {url}</code></pre>
          <pre><code>curl -H 'Authorization: Bearer {"<token>"}' -d 'Hello' {origin + channelPath(channels[0]!)}</code></pre>
        </div>
      </div>
    </>
  );
}
