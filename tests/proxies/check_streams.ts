import { assert, assertEquals, assertMatch } from "@std/assert";
import { EventReader } from "../support/event_reader.ts";
import { scrape } from "../support/metrics.ts";
import { publish } from "../support/publish.ts";
import { until } from "../support/until.ts";
import { within } from "../support/within.ts";
import { type ProxiedChime, through, VERSIONS } from "./proxied_chime.ts";

/** What is checked of a proxy, each with the version of HTTP that its client speaks. */
export const STREAM_CHECKS: Readonly<
  Record<string, (at: ProxiedChime, client: Deno.HttpClient) => Promise<void>>
> = {
  "a quiet stream opens, and then an event comes": checkQuiet,
  "a stream lives that is idle for longer than the time-out": checkIdle,
  "Chime notices a client that goes": checkLeaving,
  "the page's files are compressed, and streams are not": checkCompression,
};

async function checkQuiet(at: ProxiedChime, client: Deno.HttpClient) {
  const response = await within(fetch(`${at.url}sse/quiet`, through(client)));
  const type = "text/event-stream; charset=utf-8";
  assertEquals(response.headers.get("content-type"), type);
  await using events = new EventReader(response.body!, { hasLive: true });
  assertEquals((await events.next())?.data, '{"state":"live"}');
  for (const data of ["one", "two"]) {
    await publish(at.chime.url, "quiet", data);
    assertEquals((await events.next())?.data, data);
  }
}

async function checkIdle(at: ProxiedChime, client: Deno.HttpClient) {
  const open = (heartbeat: string) =>
    EventReader.open(
      `${at.url}sse/idle?heartbeat=${heartbeat}`,
      through(client),
    );
  await using idle = await open("2s");
  await using silent = await open("60s");
  // The proxy cuts it: its time-out is over.
  assertEquals(await silent.untilClosed(), []);
  await publish(at.chime.url, "idle", "still here");
  assertEquals((await idle.next())?.data, "still here");
}

async function checkLeaving(at: ProxiedChime, client: Deno.HttpClient) {
  const untilStreams = (count: number) =>
    until(async () => {
      const metrics = await scrape(at.chime.url);
      return metrics.get('chime_streams{source="channels"}') === count;
    }, { message: () => `There are not ${count} streams` });
  await untilStreams(0);
  const events = await EventReader.open(
    `${at.url}sse/left?heartbeat=2s`,
    through(client),
  );
  await untilStreams(1);
  await events[Symbol.asyncDispose]();
  await untilStreams(0);
}

async function checkCompression(at: ProxiedChime, client: Deno.HttpClient) {
  const codingOf = async (path: string) => {
    const response = await fetch(
      `${at.url}${path}`,
      through(client, {
        headers: { "accept-encoding": "gzip" },
      }),
    );
    await response.body?.cancel();
    return response.headers.get("content-encoding");
  };
  assertEquals(await codingOf("static/style.css"), "gzip");
  assertEquals(await codingOf("sse/quiet"), null);
}

/** Checks that Chime sees a publish before its body ends. */
export async function checkUpload(at: ProxiedChime, client: Deno.HttpClient) {
  const channel = crypto.randomUUID();
  const leaving = new AbortController();
  const { readable, writable } = new TransformStream<Uint8Array>();
  const writer = writable.getWriter();
  const sent = Promise.allSettled([
    writer.write(new TextEncoder().encode("the beginning")),
    fetch(
      `${at.url}sse/${channel}`,
      through(client, {
        method: "POST",
        headers: { authorization: "Bearer wrong" },
        body: readable,
        signal: leaving.signal,
      }),
    ).then((response) => response.body?.cancel()),
  ]);
  // Chime refuses it without having read the body. Caddy hands that on after the body, over HTTP/1.1.
  await until(() => at.chime.log.includes(`path=/sse/${channel}`));
  leaving.abort();
  await Promise.allSettled([sent, writer.abort()]);
}

/** Checks that Chime believes a trusted proxy who the client is, and nobody else. */
export async function checkAddress(at: ProxiedChime): Promise<void> {
  const addressOf = (channel: string) =>
    until(() =>
      new RegExp(`path=/sse/${channel} address=(\\S+)`).exec(at.chime.log)?.[1]
    );
  const headers = { "x-forwarded-for": "192.0.2.9" };
  for (const [index, version] of VERSIONS.entries()) {
    using client = at.client(version, "127.0.0.2");
    await using _events = await EventReader.open(
      `${at.url}sse/through${index}`,
      through(client, { headers }),
    );
    assertEquals(await addressOf(`through${index}`), "127.0.0.2");
  }
  using direct = Deno.createHttpClient({ localAddress: "127.0.0.3" });
  await using _events = await EventReader.open(
    `${at.chime.url}sse/direct`,
    through(direct, { headers }),
  );
  assertEquals(await addressOf("direct"), "127.0.0.3");
}

/** Checks what a proxy answers while Chime is down. */
export async function checkDown(at: ProxiedChime): Promise<void> {
  for (const version of VERSIONS) {
    using client = at.client(version);
    const stream = await fetch(
      `${at.url}sse/news`,
      through(client, {
        headers: { accept: "text/html, text/event-stream" },
      }),
    );
    assertEquals(stream.status, 200);
    assertMatch(stream.headers.get("content-type")!, /^text\/event-stream\b/);
    assertEquals(stream.headers.get("cache-control"), "no-store");
    assertEquals(await stream.text(), "retry: 2000\n\n");
    const other = await fetch(`${at.url}sse/news`, through(client));
    assert([502, 503].includes(other.status), `${other.status}`);
    await other.body?.cancel();
  }
}
