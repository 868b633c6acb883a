import type { ComponentChildren } from "preact";
import { renderToString } from "preact-render-to-string";
import { canonicalZone, localZone, timeFormat } from "../channels/zone.ts";
import { Clock, type ClockProps } from "../islands/clock.tsx";
import { loadedView, pageTitle } from "../islands/clock_view.ts";

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  // The time is in it.
  "cache-control": "no-store",
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

/** The browsers' list of zones leaves out UTC, which belongs to no region. */
const ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone")];

/**
 * `GET /`: the page, with the right time in it, in the zone that `?tz=` names or else in the server's. Where there is
 * no such zone, the page says so, with status 400, and shows the server's.
 */
export function page(request: Request): Response {
  const { origin, searchParams } = new URL(request.url);
  const serverZone = localZone();
  const { zone, refusal } = chosenZone(searchParams.get("tz"), serverZone);
  const ms = Math.floor(Date.now() / 1_000) * 1_000;
  const view = loadedView(zone, timeFormat(zone)(ms), ms);
  const html = renderToString(
    <Document zone={zone}>
      {refusal && (
        <p id="refusal" role="alert">
          {refusal}. This is the time in {zone}.
        </p>
      )}
      <Island view={view} origin={origin} serverZone={serverZone} />
    </Document>,
  );
  return new Response(`<!doctype html>${html}`, {
    status: refusal ? 400 : 200,
    headers: HEADERS,
  });
}

function chosenZone(
  name: string | null,
  serverZone: string,
): { zone: string; refusal?: string } {
  // A form whose field is empty sends it all the same.
  if (!name) return { zone: serverZone };
  try {
    return { zone: canonicalZone(name) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { zone: serverZone, refusal: error.message };
  }
}

function Document(
  { zone, children }: { zone: string; children: ComponentChildren },
) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta
          name="description"
          content="The current time, streamed second by second over Server-Sent Events."
        />
        <title>{pageTitle(zone)}</title>
        <link rel="stylesheet" href="/static/style.css" />
        <link rel="icon" href="/static/icon.svg" type="image/svg+xml" />
        <script type="module" src="/static/client.js" />
      </head>
      <body>
        <header>
          <div>
            <h1>
              <img src="/static/icon.svg" alt="" width="32" height="32" />
              Chime
            </h1>
            <p>
              A server for Server-Sent Events. This page shows its clock: one
              event a second, over one stream that stays open.
            </p>
          </div>
          <ZoneForm zone={zone} />
        </header>
        <main>{children}</main>
      </body>
    </html>
  );
}

function Island(props: ClockProps) {
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

/** Outside the island: the list of zones would have to be sent a second time for it. */
function ZoneForm({ zone }: { zone: string }) {
  const zones = ZONES.includes(zone) ? ZONES : [zone, ...ZONES];
  const regions = Map.groupBy(zones, (name) => name.match(/.+?(?=\/)/)?.[0]);
  return (
    <form action="/">
      <label for="tz">Time zone</label>
      {/* A browser that loads the page again would keep the choice, whatever the address says. */}
      <select id="tz" name="tz" autocomplete="off">
        {[...regions].map(([region, names]) => {
          const options = names.map((name) => (
            <option value={name} selected={name === zone}>
              {name.slice(region ? region.length + 1 : 0).replaceAll("_", " ")}
            </option>
          ));
          return region
            ? <optgroup key={region} label={region}>{options}</optgroup>
            : options;
        })}
      </select>
      <button type="submit">Show</button>
    </form>
  );
}
