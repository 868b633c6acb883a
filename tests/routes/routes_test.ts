import { assert, assertEquals, assertMatch } from "@std/assert";
import { stub } from "@std/testing/mock";
import { localZone, timeFormat } from "../../clock/zone.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess, refusing } from "../support/in_process.ts";

Deno.test("GET /sse/ opens a stream that nothing between may hold back or change", async () => {
  await using chime = inProcess();
  const response = await chime.request("/sse/");
  assertEquals(response.status, 200);
  assertEquals(Object.fromEntries(response.headers), {
    "content-type": "text/event-stream",
    "cache-control": "no-cache",
    "x-accel-buffering": "no",
    "x-content-type-options": "nosniff",
  });
  const [event] = await new EventReader(response.body!).take(1);
  const time = timeFormat(localZone())(Date.now());
  assertEquals(event!.data, `The current time is ${time}`);
  assertEquals(event!.id, "1795325420000-0");
  assert(event!.retry! >= 2_000 && event!.retry! <= 4_000);
});

Deno.test("GET /sse/ tells the time in tz, however its name is spelt", async () => {
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
    const events = await new EventReader(response.body!).take(replayed + 1);
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
  Deno.test(`GET /sse/ while ${state} tells an EventSource why, for how long, and ends`, async () => {
    await using chime = refusing(state);
    const response = await chime.request("/sse/", {
      headers: { accept: "text/event-stream" },
    });
    assertEquals(response.status, 200);
    assertEquals(response.headers.get("content-type"), "text/event-stream");
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

Deno.test("GET /sse is redirected to /sse/ with its query", async () => {
  await using chime = inProcess();
  const response = await chime.request("/sse?tz=UTC");
  assertEquals(response.status, 308);
  assertEquals(response.headers.get("location"), "/sse/?tz=UTC");
  assertEquals(response.headers.get("x-content-type-options"), "nosniff");
});

Deno.test("GET /healthz says that the process answers, and its time", async () => {
  await using chime = inProcess();
  const response = await chime.request("/healthz");
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/json");
  assertEquals(response.headers.get("cache-control"), "no-store");
  const { status, version, now } = await response.json();
  assertEquals(status, "ok");
  assertMatch(version, /^\d+\.\d+\.\d+$/);
  assertEquals(now, Date.now());
});

for (
  const [path, type] of [
    ["/static/channels.js", "text/javascript; charset=utf-8"],
    ["/static/client.js", "text/javascript; charset=utf-8"],
    ["/static/shared.js", "text/javascript; charset=utf-8"],
    ["/static/style.css", "text/css; charset=utf-8"],
    ["/static/icon.svg", "image/svg+xml"],
  ] as const
) {
  Deno.test(`GET ${path} is sent once, then found unchanged`, async () => {
    await using chime = inProcess();
    const response = await chime.request(path);
    assertEquals(response.headers.get("content-type"), type);
    assertEquals(response.headers.get("cache-control"), "no-cache");
    assert((await response.text()).length > 100);
    const again = await chime.request(path, {
      headers: { "if-none-match": response.headers.get("etag")! },
    });
    assertEquals(again.status, 304);
    assertEquals(await again.text(), "");
  });
}

for (
  const [path, detail] of [
    ["/nowhere", 'Cannot find "/nowhere": no such resource'],
    ["/static/toString", 'Cannot find "/static/toString": no such asset'],
    ["/*", 'Cannot find "*": no such resource'],
  ] as const
) {
  Deno.test(`GET ${path} is not found`, async () => {
    await using chime = inProcess();
    await assertProblem(await chime.request(path), 404, detail);
  });
}

Deno.test("A method that a resource has not is refused with those it has", async () => {
  await using chime = inProcess();
  const response = await chime.request("/sse/", { method: "DELETE" });
  assertEquals(response.headers.get("allow"), "GET, HEAD, OPTIONS");
  await assertProblem(
    response,
    405,
    'Cannot DELETE "/sse/": allowed are GET, HEAD, OPTIONS',
  );
});

Deno.test("OPTIONS lists a resource's methods", async () => {
  await using chime = inProcess();
  const response = await chime.request("/healthz", { method: "OPTIONS" });
  assertEquals(response.status, 204);
  assertEquals(response.headers.get("allow"), "GET, HEAD, OPTIONS");
});

for (const method of ["toString", "constructor", "valueOf", "__proto__"]) {
  Deno.test(`The method ${method}, which objects have, is none that a resource has`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await chime.request("/healthz", { method }),
      405,
      `Cannot ${method} "/healthz": allowed are GET, HEAD, OPTIONS`,
    );
  });
}

Deno.test("A request whose Host is no host is refused, and logs nothing", async () => {
  await using chime = inProcess();
  using log = stub(console, "error", () => {});
  const request = new Request("http://chime.test/healthz");
  // As Deno.serve hands it on for `Host: a b`.
  Object.defineProperty(request, "url", { value: "http://a b/healthz" });
  await assertProblem(
    await chime.instance.answer(request),
    400,
    'Cannot read the host "a b": it must be a host or host:port',
  );
  assertEquals(log.calls, []);
});

Deno.test("An asset found unchanged says until when, and which one it is", async () => {
  await using chime = inProcess();
  const { headers } = await chime.request("/static/icon.svg");
  const etag = headers.get("etag")!;
  const again = await chime.request("/static/icon.svg", {
    headers: { "if-none-match": etag },
  });
  assertEquals(again.headers.get("etag"), etag);
  assertEquals(again.headers.get("cache-control"), "no-cache");
});

for (
  const target of ["/sse/.", "/sse/..", "/static/../sse/", "/sse/%2e", "/sse//"]
) {
  Deno.test(`${target} is neither the clock nor anything else`, async () => {
    await using chime = inProcess();
    for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
      const response = await chime.raw(target, { method });
      await response.body?.cancel();
      assertEquals(response.status, 400, method);
    }
    const { headers } = await chime.raw(target);
    assertEquals(headers.get("content-type"), "application/problem+json");
  });
}

Deno.test("OPTIONS * says that the server answers", async () => {
  await using chime = inProcess();
  for (const target of ["*", "/*"]) {
    const response = await chime.raw(target, { method: "OPTIONS" });
    assertEquals([response.status, response.body], [204, null]);
  }
});

for (const coding of ["gzip, chunked", "gzip,chunked", "identity", "x", ""]) {
  Deno.test(`A request with the transfer coding "${coding}" is a 501`, async () => {
    await using chime = inProcess();
    for (
      const [path, method] of [["/sse/a", "POST"], ["/healthz", "GET"]] as const
    ) {
      const headers = { "transfer-encoding": coding };
      await assertProblem(
        await chime.request(path, { method, headers }),
        501,
        `Cannot decode the transfer coding "${coding}": it must be chunked`,
      );
    }
    const headers = { "transfer-encoding": "Chunked" };
    assertEquals((await chime.request("/healthz", { headers })).status, 200);
  });
}

Deno.test("GET /sse is redirected with a query that no header could carry as it is", async () => {
  await using chime = inProcess();
  const response = await chime.raw("/sse?tz=日本&x=%");
  assertEquals(
    response.headers.get("location"),
    "/sse/?tz=%E6%97%A5%E6%9C%AC&x=%",
  );
});
