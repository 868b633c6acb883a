import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { gzipSync } from "node:zlib";
import { canonicalZone, localZone, timeFormat } from "../../clock/zone.ts";
import type { ClockProps } from "../../islands/clock/clock.tsx";
import { page } from "../../routes/page.tsx";
import { readTarget } from "../../routes/target.ts";

const NOW = "2026-11-22T04:30:20.750Z";

function get(query = ""): Response {
  const request = new Request(`http://chime.test:8000/${query}`);
  return page({ heartbeatS: 8 })(request, readTarget(request));
}

/** The page's text, without its list of zones, as a browser without script shows it. */
function textOf(html: string): string {
  return html.replace(/<head>.*<\/head>|<select.*<\/select>/g, "")
    .replaceAll(/<[^>]+>/g, "").replaceAll("&quot;", '"')
    .replaceAll("&lt;", "<").replaceAll("&amp;", "&");
}

Deno.test("page() has the right time in its HTML, in the zone asked for", async () => {
  using _ = new FakeTime(NOW);
  const response = get("?tz=Europe/Paris");
  assertEquals(response.status, 200);
  const html = await response.text();
  const text = textOf(html);
  assert(text.includes("The current time is 2026-11-22 05:30:20"), text);
  assert(text.includes("Europe/Paris, UTC+01:00"), text);
  assert(html.includes('<time datetime="2026-11-22 05:30:20+01:00">'));
  assert(html.includes("<title>Time in Europe/Paris · Chime</title>"));
});

Deno.test("page() shows the server's time if no zone is chosen", async () => {
  using _ = new FakeTime(NOW);
  const time = timeFormat(localZone())(Date.parse(NOW));
  for (const query of ["", "?tz="]) {
    const response = get(query);
    assertEquals(response.status, 200);
    assert(textOf(await response.text()).includes(time));
  }
});

Deno.test("page() knows offsets west of Greenwich and of half an hour", async () => {
  using _ = new FakeTime(NOW);
  const newfoundland = await get("?tz=America/St_Johns").text();
  assert(newfoundland.includes('datetime="2026-11-22 01:00:20-03:30"'));
});

Deno.test("page() says what it is and how to listen in a terminal", async () => {
  const server = textOf(await get().text());
  assert(server.includes("A server for Server-Sent Events"), server);
  assert(server.includes("curl -N http://chime.test:8000/sse/"), server);
  const zoned = textOf(await get("?tz=Pacific/Auckland").text());
  assert(
    zoned.includes(
      "curl -N 'http://chime.test:8000/sse/?tz=Pacific/Auckland'",
    ),
    zoned,
  );
});

Deno.test("page() sends headers that let in nothing but its own files", () => {
  const { headers } = get();
  assertEquals(headers.get("content-type"), "text/html; charset=utf-8");
  assertEquals(headers.get("cache-control"), "no-cache");
  assertEquals(headers.get("referrer-policy"), "no-referrer");
  assertEquals(
    headers.get("content-security-policy"),
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
      "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
});

Deno.test("page() has no inline script or style and names no other host", async () => {
  const html = await get().text();
  const scripts = html.match(/<script[^>]*>[^<]*/g);
  assertEquals(scripts, [
    '<script type="module" src="static/shared.js">',
    '<script type="module" src="static/clock.js">',
    '<script type="module" src="static/channels.js">',
  ]);
  assert(!/<style|\sstyle=|\son\w+=/.test(html));
  for (const [, url] of html.matchAll(/\s(?:src|href|action)="([^"]*)"/g)) {
    assertMatch(url!, /^(?:static\/[\w.]+|\.\/)$/);
  }
});

Deno.test("page() offers every zone once, the chosen one selected", async () => {
  // Alias, spelling that is not the database's, and a zone that belongs to no region.
  for (
    const name of [
      ...["us/pacific", "EUROPE/PARIS", "UTC", "Etc/GMT+5"],
      ...["Europe/Kiev", "Europe/Kyiv"],
    ]
  ) {
    const html = await get(`?tz=${encodeURIComponent(name)}`).text();
    const zone = canonicalZone(name);
    const selected = [...html.matchAll(/<option value="([^"]*)" selected>/g)];
    assertEquals(selected.map(([, value]) => value), [zone]);
    const zones = [...html.matchAll(/<option value="([^"]*)"/g)].map(([, v]) =>
      v
    );
    assertEquals(zones.length, new Set(zones).size);
    assert(zones.length > 400, `${zones.length} zones`);
  }
});

Deno.test("page() names a zone that does not exist, with 400 and the server's time", async () => {
  using _ = new FakeTime(NOW);
  const response = get("?tz=Mars/Olympus");
  assertEquals(response.status, 400);
  const text = textOf(await response.text());
  assert(text.includes('Cannot tell the time in "Mars/Olympus"'), text);
  assert(text.includes(timeFormat(localZone())(Date.parse(NOW))), text);
});

Deno.test("page() shows a hostile zone as the text that it is", async () => {
  const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;
  const response = get(`?tz=${encodeURIComponent(hostile)}`);
  assertEquals(response.status, 400);
  const html = await response.text();
  assert(!html.includes("<script>alert"));
  assert(!html.includes("<img src=x"));
  assert(textOf(html).includes(hostile));
});

Deno.test("page() gives the island what it was rendered from", async () => {
  using _ = new FakeTime(NOW);
  const html = await get("?tz=Asia/Tokyo").text();
  const [, json] = html.match(/data-props="([^"]*)"/)!;
  const props: ClockProps = JSON.parse(json!.replaceAll("&quot;", '"'));
  assertEquals(props.base, "http://chime.test:8000/");
  assertEquals(props.serverZone, localZone());
  assertEquals(props.view.zone, "Asia/Tokyo");
  assertEquals(props.view.time, "2026-11-22 13:30:20");
  assertEquals(props.view.ms, Date.parse("2026-11-22T04:30:20Z"));
});

Deno.test("each of the islands' files is under 24 kB minified", async () => {
  for (const name of ["clock", "channels", "shared"]) {
    const url = new URL(`../../static/${name}.js`, import.meta.url);
    const { size } = await Deno.stat(url);
    assert(size < 24_000, `${name}.js: ${size} bytes`);
  }
});

Deno.test("the islands are 40 kB compressed at most, all together", async () => {
  let size = 0;
  for (const name of ["clock", "channels", "shared"]) {
    const url = new URL(`../../static/${name}.js`, import.meta.url);
    size += gzipSync(await Deno.readFile(url)).length;
  }
  assert(size > 10_000 && size <= 40_000, `${size} bytes`);
});
