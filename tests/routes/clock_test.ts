import { assert, assertEquals, assertMatch } from "@std/assert";
import { localZone, timeFormat } from "../../clock/zone.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess, refusing } from "../support/in_process.ts";

Deno.test("GET /sse/ opens a stream that proxies must not buffer or change", async () => {
  await using chime = inProcess();
  const response = await chime.request("/sse/");
  assertEquals(response.status, 200);
  assertEquals(Object.fromEntries(response.headers), {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
  });
  const [event] = await new EventReader(response.body!).take(1);
  const time = timeFormat(localZone())(Date.now());
  assertEquals(event!.data, `The current time is ${time}`);
  assertEquals(event!.id, "1795325420000-0");
  assert(event!.retry! >= 2_000 && event!.retry! <= 4_000);
});

Deno.test("GET /sse/ has the time in tz, with its name in any case", async () => {
  await using chime = inProcess();
  const response = await chime.request("/sse/?tz=asia/TOKYO");
  const [event] = await new EventReader(response.body!).take(1);
  assertEquals(event!.data, "The current time is 2026-11-22 14:30:20");
});

for (const zone of ["Mars/Olympus", "", "+01:00"]) {
  Deno.test(`GET /sse/?tz=${zone} is refused with the name`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await chime.request(`/sse/?tz=${encodeURIComponent(zone)}`),
      400,
      `Cannot tell the time in "${zone}": tz must name an IANA time zone, such as Europe/Paris`,
    );
    assertEquals(chime.instance.clock.hub.subscriberCount, 0);
  });
}

for (
  const [what, query, header] of [
    ["Last-Event-ID", "", true],
    ["lastEventId", "?lastEventId=ID", false],
    ["last_event_id", "?last_event_id=ID", false],
    ["since with an id", "?since=ID", false],
    ["since with seconds", "?since=5s", false],
    ["Last-Event-ID over the query", "?lastEventId=nonsense", true],
  ] as const
) {
  Deno.test(`GET /sse/ resumes by ${what}`, async () => {
    await using chime = inProcess();
    const id = "1795325415000-0";
    const response = await chime.request(`/sse/${query.replace("ID", id)}`, {
      headers: header ? { "last-event-id": id } : {},
    });
    const events = await new EventReader(response.body!).take(6);
    assertEquals(
      events.slice(0, 5).map(({ id }) => id),
      ["16", "17", "18", "19", "20"].map((s) => `17953254${s}000-0`),
    );
    assertEquals(events[5]!.data, '{"state":"resumed","replayed":5}');
  });
}

for (
  const [text, replayed] of [["1m", 60], ["1h", 3600], [
    "earliest",
    3600,
  ]] as const
) {
  Deno.test(`GET /sse/?since=${text} replays ${replayed} s`, async () => {
    await using chime = inProcess();
    const response = await chime.request(`/sse/?since=${text}`);
    const reading = new EventReader(response.body!).take(replayed + 1);
    // The replay lets the event loop go on between its parts.
    await chime.time.tickAsync(100);
    const events = await reading;
    const status = JSON.parse(events.at(-1)!.data!);
    assertEquals(status, { state: "resumed", replayed });
  });
}

for (
  const query of [
    "since=2h",
    "since=1-0",
    ...["lastEventId", "last_event_id"].flatMap((name) =>
      ["yesterday", "1795325031000", "-1", "90", "1e3s"].map((id) =>
        `${name}=${id}`
      )
    ),
  ]
) {
  Deno.test(`GET /sse/?${query} is a reset, no error`, async () => {
    await using chime = inProcess();
    const response = await chime.request(`/sse/?${query}`);
    const [status, event] = await new EventReader(response.body!).take(2);
    assertEquals(status!.event, "status");
    assertEquals(status!.data, '{"state":"reset"}');
    assertMatch(event!.data!, /^The current time/);
  });
}

for (const state of ["draining", "overloaded"] as const) {
  Deno.test(`GET /sse/ while ${state} gives an EventSource the reason and the wait, and ends`, async () => {
    await using chime = refusing(state);
    const response = await chime.request("/sse/", {
      headers: { accept: "text/event-stream" },
    });
    assertEquals(response.status, 200);
    assertEquals(
      response.headers.get("content-type"),
      "text/event-stream; charset=utf-8",
    );
    const [event, ...rest] = await new EventReader(response.body!).rest();
    assertEquals(event!.event, "status");
    assertEquals(event!.data, `{"state":"${state}"}`);
    assert(event!.retry! >= 2_000 && event!.retry! <= 4_000);
    assertEquals(rest, []);
  });

  Deno.test(`GET /sse/ while ${state} is a 503 with Retry-After for any other client`, async () => {
    await using chime = refusing(state);
    const response = await chime.request("/sse/");
    assertEquals(response.headers.get("retry-after"), "3");
    await assertProblem(
      response,
      503,
      `Cannot open a stream: the server is ${state}`,
    );
  });
}
