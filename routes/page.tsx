import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import { InputError } from "../events/input_error.ts";
import { canonicalZone, localZone, timeFormat } from "../clock/zone.ts";
import { readChannels } from "../islands/channels/channel_names.ts";
import { loadedStream } from "../islands/channels/channel_stream.ts";
import { Channels, type ChannelsProps } from "../islands/channels/channels.tsx";
import { Clock, type ClockProps } from "../islands/clock/clock.tsx";
import { loadedView, pageTitle } from "../islands/clock/clock_view.ts";
import type { Services } from "./services.ts";
import type { Target } from "./target.ts";
import { ZoneForm } from "./zone_form.tsx";

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  // The page holds the time. Unlike no-store, no-cache lets a browser keep the page for Back, with its events and form.
  "cache-control": "no-cache",
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; "),
  "referrer-policy": "no-referrer",
};

/** The channel of a page whose address names none. The `curl` line that the server prints has the same. */
const DEFAULT_CHANNEL = "news";

/**
 * `GET /`: the page. It shows the time in the zone `tz`, or else in the server's, and the channels `channels`. If there is
 * no such zone, or there can be no such channels, the page says so, with status 400, and shows the server's zone or the
 * default channel.
 */
export function page(
  { heartbeatS }: Pick<Services, "heartbeatS">,
): (request: Request, target: Target) => Response {
  return (_request, target) => renderPage(target, heartbeatS * 1_000);
}

function renderPage({ base, query }: Target, heartbeatMs: number): Response {
  const tz = query.get("tz") ?? "";
  const names = query.get("channels");
  const serverZone = localZone();
  const { zone, refusal } = chosenZone(tz, serverZone);
  const chosen = chosenChannels(names ?? DEFAULT_CHANNEL);
  const ms = Math.floor(Date.now() / 1_000) * 1_000;
  const view = loadedView(zone, timeFormat(zone)(ms), ms);
  const html = renderToString(
    <Document
      zone={zone}
      form={<ZoneForm zone={zone} channels={names ?? ""} />}
    >
      {refusal && (
        <p id="refusal" role="alert" dir="auto">
          {refusal}. This is the time in {zone}.
        </p>
      )}
      <ClockIsland view={view} base={base} serverZone={serverZone} />
      <ChannelsIsland
        {...chosen}
        base={base}
        tz={tz}
        heartbeatMs={heartbeatMs}
      />
    </Document>,
  );
  return new Response(`<!doctype html>${html}`, {
    status: refusal || chosen.refusal ? 400 : 200,
    headers: HEADERS,
  });
}

function chosenChannels(
  text: string,
): Pick<ChannelsProps, "view" | "text" | "refusal"> {
  try {
    const channels = readChannels(text);
    const view = loadedStream(channels);
    return { view, text: channels.join(", "), refusal: "" };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const view = loadedStream([DEFAULT_CHANNEL]);
    return { view, text, refusal: error.message };
  }
}

function chosenZone(
  name: string,
  serverZone: string,
): { zone: string; refusal?: string } {
  // A form sends an empty field, too.
  if (!name) return { zone: serverZone };
  try {
    return { zone: canonicalZone(name) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { zone: serverZone, refusal: error.message };
  }
}

function Document(
  { zone, form, children }: {
    zone: string;
    form: ComponentChildren;
    children: ComponentChildren;
  },
) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          name="description"
          content="The current time and named channels, streamed live over Server-Sent Events."
        />
        <title>{pageTitle(zone)}</title>
        <link rel="stylesheet" href="static/style.css" />
        <link rel="icon" href="static/icon.svg" type="image/svg+xml" />
        {/* Both of the others import it: this way the browser loads it at once. */}
        <script type="module" src="static/shared.js" />
        <script type="module" src="static/clock.js" />
        <script type="module" src="static/channels.js" />
      </head>
      <body>
        <header>
          <div>
            <h1>
              <img src="static/icon.svg" alt="" width="32" height="32" />
              Chime
            </h1>
            <p>
              A server for Server-Sent Events. This page shows its clock, one
              event a second, and its channels, which carry what you publish.
            </p>
          </div>
          {form}
        </header>
        <main>{children}</main>
      </body>
    </html>
  );
}

function ClockIsland(props: ClockProps) {
  return (
    <>
      <div id="clock" data-props={JSON.stringify(props)}>
        <Clock {...props} />
      </div>
      <noscript>
        <p>
          Without script this page does not follow the clock: load it again for
          the time, or run the line above.
        </p>
      </noscript>
    </>
  );
}

function ChannelsIsland(props: ChannelsProps) {
  return (
    <section aria-labelledby="channels-title">
      <h2 id="channels-title">Channels</h2>
      <p class="lead">
        What is published to a channel reaches everybody who listens to it, at
        once.{" "}
        <span class="scripted">
          Drop the connection, publish meanwhile, and see it come back.
        </span>
      </p>
      <div id="channels" data-props={JSON.stringify(props)}>
        <Channels {...props} />
      </div>
      <noscript>
        <p>
          Without script this page shows no events and publishes none: run the
          lines above.
        </p>
      </noscript>
    </section>
  );
}
