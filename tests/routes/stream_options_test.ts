import { assertEquals, assertMatch } from "@std/assert";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess, refusing } from "../support/in_process.ts";

const PATHS = ["/sse/", "/sse/news", "/sse/news,chat"];
const ACCEPT = { headers: { accept: "text/event-stream" } };

for (const path of PATHS) {
  for (
    const [name, values, rule] of [
      ["status", ["", "2", "true", "00", "no"], "must be 0 or 1"],
      ["raw", ["", "-1", "yes", "01"], "must be 0 or 1"],
      [
        "heartbeat",
        ["", "0s", "1s", "61s", "2m", "1h", "4", "4S", "2.5s", "-4s", "8000ms"],
        "must be a time from 2s to 60s, such as 8s",
      ],
    ] as const
  ) {
    for (const value of values) {
      Deno.test(`GET ${path}?${name}=${value} is refused`, async () => {
        await using chime = inProcess();
        await assertProblem(
          await chime.request(`${path}?${name}=${value}`),
          400,
          `Cannot use ${name} ${JSON.stringify(value)}: it ${rule}`,
        );
      });
    }
  }

  Deno.test(`GET ${path} ignores parameters that it does not know`, async () => {
    await using chime = inProcess();
    const response = await chime.request(`${path}?foo=1&Status=0&RAW=1`);
    const [event] = await new EventReader(response.body!, { hasLive: true })
      .take(1);
    assertEquals(response.status, 200);
    assertEquals(event!.event, path === "/sse/" ? undefined : "status");
  });

  for (
    const [asked, heardMs] of [
      ["", 8_000],
      ["2s", 2_000],
      ["3s", 2_000],
      ["4s", 4_000],
      ["7s", 4_000],
      ["14s", 8_000],
      ["15s", 15_000],
      ["29s", 15_000],
      ["59s", 30_000],
      ["60s", 60_000],
      ["1m", 60_000],
    ] as const
  ) {
    // The clock is never silent for so long.
    if (path === "/sse/") continue;
    Deno.test(`GET ${path}?heartbeat=${asked} has a comment after ${heardMs} ms of silence, and again`, async () => {
      await using chime = inProcess();
      const query = asked && `?heartbeat=${asked}`;
      const response = await chime.request(path + query);
      const reader = response.body!.getReader();
      await reader.read();
      await chime.time.tickAsync(0);
      const decoder = new TextDecoder();
      let heard = "";
      const listening = (async () => {
        for (let value; (value = (await reader.read()).value);) {
          heard += decoder.decode(value);
        }
      })();
      await chime.time.tickAsync(heardMs - 1_000);
      heard = heard.replace(/^[^:][^]*\n\n/, "");
      assertEquals(heard, "");
      await chime.time.tickAsync(1_000);
      assertEquals(heard, ":\n");
      await chime.time.tickAsync(heardMs);
      assertEquals(heard, ":\n:\n");
      await reader.cancel();
      await listening;
    });
  }

  for (const query of ["?status=0", "?raw=1", "?raw=1&status=1"]) {
    Deno.test(`GET ${path}${query} has no status event, be it refused`, async () => {
      for (const state of ["draining", "overloaded"] as const) {
        await using chime = refusing(state);
        const response = await chime.request(path + query, ACCEPT);
        assertMatch(await response.text(), /^retry:\d{4}\n$/);
        const metrics = await (await chime.request("/metrics")).text();
        assertEquals(new RegExp(`state="${state}"} [^0]`).test(metrics), false);
      }
      await using chime = inProcess();
      const response = await chime.request(`${path}${query}&since=earliest`);
      const text = response.text();
      await chime.publish("/sse/news", "1");
      await chime.time.tickAsync(1_100);
      chime.instance.drain();
      const body = await text;
      assertEquals(/status/.test(body), false, body);
      assertMatch(body, /^retry:\d{4}\n(?:event: news\n)?data: /);
      assertMatch(body, /\nretry:\d{4}\n$/);
    });
  }

  for (
    const [id, inQuery, repeated] of [
      ["1795325431207-0.x7Kq2M", "", "1795325431207-0.x7Kq2M"],
      ["", "1795325431207-0.x7Kq2M", "1795325431207-0.x7Kq2M"],
      ["another-server's", "1-0", "another-server's"],
      ["has space", "", undefined],
      ["h\u00e9", "", undefined],
      ["", "a\nb", undefined],
      ["", "", undefined],
    ] as const
  ) {
    Deno.test(`GET ${path} that is refused repeats the client's id ${JSON.stringify([id, inQuery])}, where a stream can carry it`, async () => {
      for (const state of ["draining", "overloaded"] as const) {
        await using chime = refusing(state);
        const query = `?lastEventId=${encodeURIComponent(inQuery)}`;
        const headers = { ...ACCEPT.headers, "last-event-id": id };
        const response = await chime.request(path + query, { headers });
        const idLine = repeated ? `id: ${repeated}\n` : "";
        assertEquals(
          (await response.text()).replace(/^retry:\d{4}\n/, ""),
          `event: status\ndata: {"state":"${state}"}\n${idLine}\n`,
        );
      }
    });
  }

  for (const query of ["", "?status=1", "?raw=0", "?status=1&raw=0"]) {
    Deno.test(`GET ${path}${query} has status events`, async () => {
      await using chime = inProcess();
      const response = await chime.request(path + query);
      const text = response.text();
      await chime.time.tickAsync(100);
      chime.instance.drain();
      assertMatch(await text, /data: {"state":"draining"}\n\n$/);
    });
  }
}

Deno.test("Streams with different intervals of heartbeats share one timer", async () => {
  await using chime = inProcess({ heartbeatS: 30 });
  const texts = [];
  for (
    const query of ["", "?heartbeat=2s", "?heartbeat=4s", "?heartbeat=60s"]
  ) {
    const response = await chime.request(`/sse/news${query}`);
    texts.push(response.text());
  }
  await chime.time.tickAsync(60_000);
  chime.instance.drain();
  const counts = (await Promise.all(texts)).map((text) =>
    text.match(/^:$/gm)!.length
  );
  assertEquals(counts, [2, 30, 15, 1]);
});

Deno.test("GET /sse/{channel} says where the stream begins in its first bytes", async () => {
  await using chime = inProcess();
  await chime.time.tickAsync(10);
  const answer = await chime.publish("/sse/other", "before");
  const { id } = await answer.json();
  const response = await chime.request("/sse/news");
  const { value } = await response.body!.getReader().read();
  assertMatch(
    new TextDecoder().decode(value),
    new RegExp(
      `^retry:\\d{4}\nevent: status\ndata: {"state":"live"}\nid: ${id}\n\n$`,
    ),
  );
});

Deno.test("GET /sse/ begins with the current second, and says nothing before", async () => {
  await using chime = inProcess();
  const response = await chime.request("/sse/?latest=3");
  const reader = new EventReader(response.body!, { hasLive: true });
  const [event] = await reader.take(1);
  assertMatch(event!.data!, /^The current time is/);
  assertEquals(event!.event, undefined);
  await reader[Symbol.asyncDispose]();
});

for (
  const [what, from, data, id] of [
    [
      "resumes",
      "?since=2s",
      '{"state":"resumed","replayed":2}',
      "1795325420000-0",
    ],
    [
      "is ahead",
      "?since=1795325425000-0",
      '{"state":"resumed","replayed":0}',
      "1795325425000-0",
    ],
    [
      "is reset",
      "?lastEventId=x",
      '{"state":"reset"}',
      "1795325419999-9007199254740991",
    ],
  ]
) {
  Deno.test(`GET /sse/ that ${what} says where it goes on`, async () => {
    await using chime = inProcess();
    const response = await chime.request(`/sse/${from}`);
    await using reader = new EventReader(response.body!, { hasLive: true });
    let event;
    do event = await reader.next(); while (event!.event !== "status");
    assertEquals([event!.data, event!.id], [data, id]);
  });
}
