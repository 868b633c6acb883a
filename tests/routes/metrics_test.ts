import { assert, assertEquals, assertRejects } from "@std/assert";
import { stub } from "@std/testing/mock";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { Serving } from "../../server/serving.ts";
import { addCounts, nothingSent } from "../../hub/counts.ts";
import { nothingRefused, REFUSED_REASONS } from "../../hub/refused.ts";
import { EventReader } from "../support/event_reader.ts";
import { SERVE_OPTIONS } from "../support/serve_options.ts";
import { scrape } from "../support/metrics.ts";
import { inProcess } from "../support/in_process.ts";
import { publish } from "../support/publish.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { until } from "../support/until.ts";

/** A server in this process. */
async function start(maxStreams = 10) {
  const log = new CapturedLog();
  const journal = new MemoryJournal({
    maxEvents: 3,
    maxAgeMs: 86_400_000,
    maxBytes: 128 * 1024 ** 2,
  });
  const serving = await Serving.start({
    ...SERVE_OPTIONS,
    maxBodyBytes: 1_000,
    limits: { ...SERVE_OPTIONS.limits, maxStreams },
  }, { journal });
  return {
    url: serving.url,
    serving,
    journal,
    async [Symbol.asyncDispose]() {
      await serving.drain();
      log[Symbol.dispose]();
      await journal[Symbol.asyncDispose]();
    },
  };
}

Deno.test("GET /metrics counts streams, and the events and bytes that they carry", async () => {
  await using chime = await start();
  await using clock = await EventReader.open(`${chime.url}sse/`);
  await clock.next();
  const bodies = await Promise.all(
    ["news", "news"].map((name) => fetch(`${chime.url}sse/${name}`)),
  );
  const readers = bodies.map(({ body }) => body!.getReader());
  const read = () => Promise.all(readers.map((reader) => reader.read()));
  const chunks = await read();
  await publish(chime.url, "news", "1");
  chunks.push(...await read());
  const metrics = await scrape(chime.url);
  const told = (name: string) => metrics.get(`chime_${name}`);
  assertEquals(told('streams{source="clock"}'), 1);
  assertEquals(told('streams{source="channels"}'), 2);
  assertEquals(told("messages_total"), 1);
  assert(told('events_sent_total{source="clock"}')! >= 1);
  assertEquals(told('events_sent_total{source="channels"}'), 2);
  assertEquals(
    told('bytes_sent_total{source="channels"}'),
    chunks.reduce((sum, { value }) => sum + value!.length, 0),
  );
  for (const reader of readers) await reader.cancel();
});

Deno.test("GET /metrics counts status events", async () => {
  await using chime = await start();
  const ids = [];
  for (const data of ["1", "2", "3", "4"]) {
    ids.push(...await chime.journal.append([{ channel: "news", data }]));
  }
  for (const id of [ids[0], "1-0", ids[3]]) {
    await using reader = await EventReader.open(`${chime.url}sse/news`, {
      headers: { "last-event-id": id! },
    });
    let event;
    do event = await reader.next(); while (event!.event !== "status");
  }
  const metrics = await scrape(chime.url);
  const told = (state: string) =>
    metrics.get(
      `chime_statuses_sent_total{source="channels",state="${state}"}`,
    );
  assertEquals(
    ["resumed", "reset", "lagged", "draining", "overloaded"].map(told),
    [2, 1, 0, 0, 0],
  );
  // Status events do not count as events, replayed events do.
  assertEquals(
    metrics.get('chime_events_sent_total{source="channels"}'),
    3,
  );
});

Deno.test("An instance counts the streams that it drains", async () => {
  await using chime = await start();
  const readers = await Promise.all(
    ["sse/", "sse/news", "sse/news"].map((path) =>
      EventReader.open(`${chime.url}${path}`)
    ),
  );
  const ends = readers.map((reader) => reader.rest());
  await chime.serving.drain();
  await Promise.all(ends);
  const { clock, channels } = chime.serving.counts();
  assertEquals(clock.sent.statuses.draining, 1);
  assertEquals(channels.sent.statuses.draining, 2);
  assertEquals([clock.streams, channels.streams], [0, 0]);
});

Deno.test("GET /metrics counts refused streams", async () => {
  await using chime = await start(0);
  for (const path of ["sse/", "sse/news"]) {
    await using reader = await EventReader.open(`${chime.url}${path}`, {
      headers: { accept: "text/event-stream" },
    });
    await reader.untilClosed();
  }
  const metrics = await scrape(chime.url);
  for (const source of ["clock", "channels"]) {
    assertEquals(
      metrics.get(
        `chime_statuses_sent_total{source="${source}",state="overloaded"}`,
      ),
      1,
    );
  }
});

Deno.test("GET /metrics counts answers by method, route and status, without names that clients make up", async () => {
  await using chime = await start();
  for (
    const [method, path] of [
      ["GET", "healthz"],
      ["HEAD", "healthz"],
      ["POST", "sse/a"],
      ["POST", "sse/b"],
      ["GET", "nowhere"],
      ["BREW", "elsewhere"],
    ]
  ) {
    const response = await fetch(`${chime.url}${path}`, { method: method! });
    await response.body?.cancel();
  }
  const metrics = await scrape(chime.url);
  const answers = [...metrics].filter(([name]) =>
    name.startsWith("chime_http_responses_total")
  ).map(([name, count]) => [name.slice(name.indexOf("{")), count]);
  assertEquals(answers, [
    ['{method="GET",route="/healthz",status="200"}', 1],
    ['{method="HEAD",route="/healthz",status="200"}', 1],
    ['{method="POST",route="/sse/*",status="401"}', 2],
    ['{method="GET",route="none",status="404"}', 1],
    ['{method="other",route="none",status="404"}', 1],
  ]);
});

Deno.test("GET /metrics says what runs, and what it takes", async () => {
  await using chime = await start();
  const metrics = await scrape(chime.url);
  assertEquals(
    metrics.get(
      `chime_build_info{version="1.2.3",deno="${Deno.version.deno}"}`,
    ),
    1,
  );
  assertEquals(metrics.get("chime_journal_ready"), 1);
  assert(metrics.get("process_resident_memory_bytes")! > 10_000_000);
  assert(metrics.get("process_cpu_seconds_total")! > 0);
});

Deno.test("GET /metrics counts the streams that failed; the others, and the server, go on", async () => {
  const { prototype } = ReadableStreamDefaultController;
  const { enqueue } = prototype;
  const isMessage = (chunk: unknown) =>
    chunk instanceof Uint8Array &&
    new TextDecoder().decode(chunk).includes("data: 1\n");
  using _failing = stub(
    prototype,
    "enqueue",
    function (this: ReadableStreamDefaultController, chunk: unknown) {
      if (isMessage(chunk)) throw new Error("no memory");
      enqueue.call(this, chunk);
    },
  );
  await using chime = await start();
  await using other = await EventReader.open(`${chime.url}sse/`);
  const cut = await fetch(`${chime.url}sse/news`);
  await publish(chime.url, "news", "1");
  await assertRejects(() => cut.text(), TypeError);
  const metrics = await scrape(chime.url);
  assertEquals(metrics.get("chime_faults_total"), 1);
  assertEquals((await other.take(2)).length, 2);
});

Deno.test("GET /metrics says when the journal cannot be reached", async () => {
  await using chime = await start();
  chime.journal.isReady = () => Promise.resolve(false);
  const metrics = await scrape(chime.url);
  assertEquals(metrics.get("chime_journal_ready"), 0);
});

for (
  const [what, maxStreams, isDraining, reason] of [
    ["there are too many", 0, false, "streams"],
    ["the server is about to end", 10, true, "draining"],
  ] as const
) {
  Deno.test(`GET /metrics counts the streams that were refused as ${what}`, async () => {
    await using chime = inProcess({ maxStreams });
    if (isDraining) chime.instance.drain();
    for (const path of ["/sse/", "/sse/news"]) {
      await chime.request(path);
      await chime.request(path, { headers: { accept: "text/event-stream" } });
    }
    const text = await (await chime.request("/metrics")).text();
    assertEquals(
      REFUSED_REASONS.map((name) =>
        Number(text.split(`\nchime_refused_total{reason="${name}"} `)[1]![0])
      ),
      REFUSED_REASONS.map((name) => name === reason ? 4 : 0),
    );
  });
}

Deno.test("Streams of the clock and of channels count together for the limit", async () => {
  for (const [first, second] of [["/sse/", "/sse/a"], ["/sse/a", "/sse/"]]) {
    await using chime = inProcess({ maxStreams: 1 });
    const stream = await chime.request(first!);
    assertEquals((await chime.request(second!)).status, 503);
    await stream.body!.cancel();
    const { status, body } = await chime.request(second!);
    assertEquals(status, 200);
    await body!.cancel();
  }
});

Deno.test("addCounts adds up, also what only some have done", () => {
  const counts = (answers: Record<string, number>, n: number) => {
    const sent = {
      events: n,
      bytes: 10 * n,
      statuses: { ...nothingSent().statuses, resumed: n },
    };
    return {
      clock: { streams: n, sent },
      channels: { streams: 0, sent },
      messages: n,
      answers,
      refused: { ...nothingRefused(), streams: n },
      faults: n,
    };
  };
  assertEquals(
    addCounts([counts({ "GET / 200": 1 }, 1), counts({ "GET / 304": 2 }, 4)]),
    counts({ "GET / 200": 1, "GET / 304": 2 }, 5),
  );
});

Deno.test("GET /metrics says how far ids are ahead of the clock", async () => {
  await using chime = inProcess();
  const ahead = async () => {
    const text = await (await chime.request("/metrics")).text();
    return /^chime_ids_ahead_seconds (.*)$/m.exec(text)![1];
  };
  await chime.publish("/sse/news", "1");
  await chime.time.runMicrotasks();
  assertEquals(await ahead(), "0");
  chime.time.setSystemClock(-90_000);
  assertEquals(await ahead(), "90");
});

Deno.test("GET /metrics counts what is held for readers", async () => {
  await using chime = await start();
  const held = async () => (await scrape(chime.url)).get("chime_held_bytes")!;
  assertEquals(await held(), 0);
  {
    await using reader = await EventReader.open(`${chime.url}sse/news`);
    await publish(chime.url, "news", "x".repeat(900));
    await reader.next();
    const bytes = await held();
    assert(bytes >= 900 && bytes < 10_000, `${bytes}`);
  }
  await until(async () => await held() === 0);
});
