import { assertEquals } from "@std/assert";
import { UnavailableError } from "../../journal/history.ts";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { inProcess, refusing, TOKEN } from "../support/in_process.ts";
import { latestEvents, readEvents } from "../journal/read_events.ts";

const NDJSON = "application/x-ndjson";

Deno.test("POST /sse/{channel} publishes the body, and says where it went", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news");
  const response = await chime.publish("/sse/news", "one\n two");
  assertEquals(response.status, 201);
  assertEquals(await response.json(), {
    id: "1795325420400-1",
    channel: "news",
    clients: 1,
  });
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals([event!.event, event!.data, event!.id], [
    undefined,
    "one\n two",
    "1795325420400-1",
  ]);
});

Deno.test("GET /sse/{channel} is answered once the stream is counted: whoever publishes then is told of it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using chime = inProcess({
    main: {
      noteStream: () => promise,
      countStreams: () => Promise.resolve(1),
      count: () => Promise.reject(new Error("This is not asked here")),
    },
  });
  let isAnswered = false;
  const answer = chime.request("/sse/news").then((response) => {
    isAnswered = true;
    return response;
  });
  await chime.publish("/sse/news", "1");
  assertEquals(isAnswered, false);
  resolve();
  const [event] = await new EventReader((await answer).body!).take(1);
  assertEquals(event!.data, "1");
});

Deno.test("POST /sse/{channel}?event= gives the event its type", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news");
  await chime.publish("/sse/news?event=weather%20report", "rain");
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals(event!.event, "weather report");
});

Deno.test("POST /sse/{channel} takes an empty body, and one that begins with a byte order mark", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news");
  await chime.publish("/sse/news", "");
  await chime.publish("/sse/news", "\uFEFFx");
  const events = await new EventReader(stream.body!).take(2);
  assertEquals(events.map(({ data }) => data), ["", "\uFEFFx"]);
});

Deno.test("POST /sse/{channel} of NDJSON publishes a message a line", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news");
  const response = await chime.publish(
    "/sse/news?event=default",
    '{"data":"1"}\n{"data":"2","event":"own"}\n',
    `${NDJSON}; charset=utf-8`,
  );
  assertEquals(response.status, 201);
  assertEquals(await response.json(), {
    ids: ["1795325420400-1", "1795325420400-2"],
    channel: "news",
    clients: 1,
  });
  const events = await new EventReader(stream.body!).take(2);
  assertEquals(events.map(({ event, data }) => [event, data]), [
    ["default", "1"],
    ["own", "2"],
  ]);
});

for (
  const [what, line, rule] of [
    ["is no JSON", "{data", `Expected property name`],
    ["is null", "null", "a line must be a JSON object"],
    ["has no data", '{"event":"x"}', "data must be a string"],
    ["has data that is no text", '{"data":7}', "data must be a string"],
    [
      "has a type that is no text",
      '{"data":"","event":7}',
      "event must be a string",
    ],
    [
      "has a lone surrogate",
      '{"data":"\\ud800"}',
      "data must be without a lone surrogate",
    ],
    [
      "has a type of two lines",
      '{"data":"","event":"a\\nb"}',
      "a type holds no newline",
    ],
    ["is empty", "", "Unexpected end"],
  ] as const
) {
  Deno.test(`POST /sse/{channel} of NDJSON with a line that ${what} is refused as a whole`, async () => {
    await using chime = inProcess();
    const body = `{"data":"fine"}\n${line}\n{"data":"fine"}`;
    const response = await chime.publish("/sse/news", body, NDJSON);
    assertEquals(response.status, 400);
    const { detail } = await response.json();
    assertEquals(detail.startsWith("Cannot publish line 2: "), true, detail);
    assertEquals(detail.includes(rule), true, detail);
    const { journal } = chime;
    const latest = await latestEvents(journal, ["news"], `${Date.now()}-99`);
    assertEquals(latest, []);
  });
}

for (
  const [authorization, detail, challenge] of [
    [
      undefined,
      "Cannot publish without a token: send it as Authorization: Bearer <token>",
      'Bearer realm="chime"',
    ],
    ...["Bearer wrong", `Basic ${TOKEN}`, "Bearer", `Bearer ${TOKEN}x`, TOKEN]
      .map((value) =>
        [
          value,
          "Cannot publish: the Authorization header does not carry the right token",
          'Bearer realm="chime", error="invalid_token"',
        ] as const
      ),
  ] as const
) {
  Deno.test(`POST /sse/{channel} with Authorization ${authorization} is refused`, async () => {
    await using chime = inProcess();
    const response = await chime.request("/sse/news", {
      method: "POST",
      body: "x",
      headers: authorization ? { authorization } : {},
    });
    assertEquals(response.headers.get("www-authenticate"), challenge);
    await assertProblem(response, 401, detail);
  });
}

Deno.test("POST /sse/{channel} takes the scheme in any case", async () => {
  await using chime = inProcess();
  const response = await chime.request("/sse/news", {
    method: "POST",
    headers: { authorization: `bearer ${TOKEN}` },
  });
  assertEquals(response.status, 201);
});

for (
  const [what, path, detail] of [
    [
      "a name with a space",
      "/sse/a%20b",
      'Cannot use channel "a b": a name is 1 to 99 of A-Z a-z 0-9 . _ -',
    ],
    [
      "a name of two levels",
      "/sse/a/b",
      'Cannot use channel "a/b": a name is 1 to 99 of A-Z a-z 0-9 . _ -',
    ],
    [
      "a name of 100 characters",
      `/sse/${"x".repeat(100)}`,
      `Cannot use channel "${
        "x".repeat(100)
      }": a name is 1 to 99 of A-Z a-z 0-9 . _ -`,
    ],
    [
      "a name that is cut off",
      "/sse/%E0",
      'Cannot read the path "/sse/%E0": it must be percent-encoded UTF-8',
    ],
    [
      "several channels",
      "/sse/a,b",
      "Cannot publish to several channels at once",
    ],
    [
      "a type of two lines",
      "/sse/a?event=x%0Ay",
      'Cannot use type "x\\ny": a type holds no newline and no NUL',
    ],
    [
      "an empty type",
      "/sse/a?event=",
      'Cannot use type "": a type has 1 to 99 characters',
    ],
    [
      "a type of 100 characters",
      `/sse/a?event=${"x".repeat(100)}`,
      `Cannot use type "${"x".repeat(100)}": a type has 1 to 99 characters`,
    ],
  ] as const
) {
  Deno.test(`POST /sse/{channel} with ${what} is refused with the rule`, async () => {
    await using chime = inProcess();
    await assertProblem(await chime.publish(path, "x"), 400, detail);
  });
}

Deno.test("POST /sse/{channel} with a body that is no UTF-8 is refused", async () => {
  await using chime = inProcess();
  await assertProblem(
    await chime.publish("/sse/a", new Uint8Array([0xff])),
    400,
    "Cannot take this body: it must be UTF-8",
  );
});

Deno.test("POST /sse/{channel} with a body too large is refused before it is read whole", async () => {
  await using chime = inProcess();
  const detail = "Cannot take this body: it may have 1000 bytes at most";
  assertEquals((await chime.publish("/sse/a", "x".repeat(1_000))).status, 201);
  await assertProblem(
    await chime.publish("/sse/a", "x".repeat(1_001)),
    413,
    detail,
  );
  let sent = 0;
  let isCut = false;
  const endless = new ReadableStream({
    pull(controller) {
      sent += 100;
      controller.enqueue(new Uint8Array(100));
    },
    cancel() {
      isCut = true;
    },
  });
  await assertProblem(await chime.publish("/sse/a", endless), 413, detail);
  assertEquals([sent < 2_000, isCut], [true, true]);
});

Deno.test("POST /sse/{channel} while the journal is away is a 503, and nothing is delivered", async () => {
  const journal = new MemoryJournal({ maxEvents: 9, maxAgeMs: 9_000 });
  const { append } = journal;
  await using chime = inProcess({ journal });
  const stream = await chime.request("/sse/news");
  journal.append = () => Promise.reject(new UnavailableError("It is away"));
  const response = await chime.publish("/sse/news", "lost");
  assertEquals(response.headers.get("retry-after"), "1");
  await assertProblem(response, 503, "It is away");
  journal.append = append;
  await chime.publish("/sse/news", "kept");
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals(event!.data, "kept");
});

Deno.test("GET /sse/{channel},{channel} carries both in one order, with the channel in the type", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/b,a,b");
  await chime.publish("/sse/a", "1");
  await chime.publish("/sse/b?event=t", "2");
  const events = await new EventReader(stream.body!).take(2);
  assertEquals(events.map(({ event, data }) => [event, data]), [
    ["a", "1"],
    ["b:t", "2"],
  ]);
});

for (
  const [what, query, data] of [
    ["an id", "?lastEventId=1795325420400-1", [
      "2",
      "3",
      '{"state":"resumed","replayed":2}',
    ]],
    ["earliest", "?since=earliest", [
      "1",
      "2",
      "3",
      '{"state":"resumed","replayed":3}',
    ]],
    ["a duration", "?since=1s", ["2", "3", '{"state":"resumed","replayed":2}']],
    ["a duration longer than what is kept", "?since=1h", [
      '{"state":"reset"}',
      "1",
      "2",
      "3",
    ]],
    ["nonsense", "?lastEventId=nonsense", ['{"state":"reset"}']],
    ["latest", "?latest=1", ["3"]],
    ["the newest two", "?latest=2", ["2", "3"]],
    ["as many as there are", "?latest=1000", ["1", "2", "3"]],
  ] as const
) {
  Deno.test(`GET /sse/{channel} begins behind ${what}`, async () => {
    await using chime = inProcess();
    await chime.publish("/sse/news", "1");
    await chime.time.tickAsync(1_000);
    for (const body of ["2", "3"]) await chime.publish("/sse/news", body);
    await chime.time.tickAsync(500);
    const stream = await chime.request(`/sse/news${query}`);
    const events = await new EventReader(stream.body!).take(data.length);
    assertEquals(events.map(({ data }) => data), [...data]);
  });
}

Deno.test("GET /sse/{channel}?since= a moment since which nothing came has missed nothing", async () => {
  await using chime = inProcess();
  await chime.publish("/sse/news", "1");
  await chime.time.tickAsync(120_000);
  for (const since of ["90s", "0s"]) {
    const stream = await chime.request(`/sse/news?since=${since}`);
    const [event] = await new EventReader(stream.body!).take(1);
    assertEquals(event!.data, '{"state":"resumed","replayed":0}');
  }
});

Deno.test("GET /sse/{channel} of more than 32 channels is refused", async () => {
  await using chime = inProcess();
  const names = Array.from({ length: 33 }, (_, i) => `c${i}`);
  await assertProblem(
    await chime.request(`/sse/${names}`),
    400,
    "Cannot use 33 channels: a stream carries 32 at most",
  );
  const stream = await chime.request(`/sse/${names.slice(1)}`);
  assertEquals(stream.status, 200);
  await stream.body!.cancel();
});

Deno.test("GET /sse/{channel} while draining tells an EventSource so", async () => {
  await using chime = refusing("draining");
  const response = await chime.request("/sse/news", {
    headers: { accept: "text/event-stream" },
  });
  assertEquals(response.headers.get("connection"), "close");
  const [event] = await new EventReader(response.body!).rest();
  assertEquals(event!.data, '{"state":"draining"}');
});

Deno.test("GET /sse/{channel} while overloaded tells others so, who find another connection", async () => {
  await using chime = refusing("overloaded");
  const response = await chime.request("/sse/news");
  assertEquals(response.headers.get("connection"), "close");
  assertEquals(response.headers.get("retry-after"), "3");
  await assertProblem(
    response,
    503,
    "Cannot open a stream: the server is overloaded",
  );
});

Deno.test("Channels that nobody listens to take no memory in the hub", async () => {
  await using chime = inProcess();
  for (let i = 0; i < 100; i++) {
    const stream = await chime.request(`/sse/c${i}`);
    await stream.body!.cancel();
    await chime.publish(`/sse/d${i}`, "x");
  }
  assertEquals(chime.instance.hub.channels, []);
});

Deno.test("GET /readyz tells whether the journal can be reached", async () => {
  const journal = new MemoryJournal({ maxEvents: 9, maxAgeMs: 9_000 });
  await using chime = inProcess({ journal });
  const response = await chime.request("/readyz");
  assertEquals(response.status, 200);
  assertEquals(await response.json(), { status: "ready" });
  journal.isReady = () => Promise.resolve(false);
  await assertProblem(
    await chime.request("/readyz"),
    503,
    "The server is without its journal",
  );
});

Deno.test("GET /readyz while draining is a 503", async () => {
  await using chime = refusing("draining");
  await assertProblem(
    await chime.request("/readyz"),
    503,
    "The server is draining",
  );
});

Deno.test("POST /sse/{channel} takes a name and a type of 99 characters", async () => {
  await using chime = inProcess();
  const long = "x".repeat(99);
  const response = await chime.publish(`/sse/${long}?event=${long}`, "x");
  assertEquals(response.status, 201);
  assertEquals(response.headers.get("cache-control"), "no-store");
});

Deno.test("POST /sse/{channel} with a type that holds a NUL is refused with the rule", async () => {
  await using chime = inProcess();
  await assertProblem(
    await chime.publish("/sse/a?event=x%00y", "x"),
    400,
    'Cannot use type "x\\u0000y": a type holds no newline and no NUL',
  );
});

Deno.test("GET /sse/{channel},{channel} with a bad name behind a good one is refused", async () => {
  await using chime = inProcess();
  await assertProblem(
    await chime.request("/sse/a,b%20c"),
    400,
    'Cannot use channel "b c": a name is 1 to 99 of A-Z a-z 0-9 . _ -',
  );
});

Deno.test("POST /sse/{channel} judges by Content-Length, and reads nothing of a body too large", async () => {
  await using chime = inProcess();
  const post = (length: number, body: BodyInit) =>
    chime.request("/sse/a", {
      method: "POST",
      body,
      headers: {
        authorization: `Bearer ${TOKEN}`,
        "content-length": `${length}`,
      },
    });
  assertEquals((await post(1_000, "x".repeat(1_000))).status, 201);
  let isRead = false;
  const body = new ReadableStream({
    pull(controller) {
      isRead = true;
      controller.close();
    },
  }, { highWaterMark: 0 });
  await assertProblem(
    await post(1_001, body),
    413,
    "Cannot take this body: it may have 1000 bytes at most",
  );
  assertEquals(isRead, false);
});

Deno.test("POST /sse/{channel} of NDJSON takes a last line without its newline, and the type in any case", async () => {
  await using chime = inProcess();
  const body = '{"data":"1"}\n{"data":"2"}';
  const response = await chime.publish("/sse/a", body, "Application/X-NDJSON");
  assertEquals((await response.json()).ids?.length, 2);
});

Deno.test("GET /sse/{channel}?since= of a time in which nothing came resumes, and replays nothing", async () => {
  await using chime = inProcess();
  for (const body of ["1", "2"]) await chime.publish("/sse/news", body);
  await chime.time.tickAsync(120_000);
  const stream = await chime.request("/sse/news?since=90s");
  const reader = new EventReader(stream.body!);
  const [event] = await reader.take(1);
  assertEquals(event!.data, '{"state":"resumed","replayed":0}');
  await chime.publish("/sse/news", "3");
  assertEquals((await reader.take(1))[0]!.data, "3");
});

for (const latest of ["0", "1001", "-1", "1.5", "01e2", "all", ""]) {
  Deno.test(`GET /sse/{channel}?latest=${latest} is refused`, async () => {
    await using chime = inProcess();
    await assertProblem(
      await chime.request(`/sse/news?latest=${latest}`),
      400,
      `Cannot use latest "${latest}": it must be a whole number from 1 to 1000`,
    );
  });
}

Deno.test("GET /sse/{channel}?latest=1 begins with the newest event after a reset, too", async () => {
  await using chime = inProcess();
  await chime.publish("/sse/news", "1");
  for (const id of ["1-0", "nonsense"]) {
    const stream = await chime.request(`/sse/news?latest=1&lastEventId=${id}`);
    const events = await new EventReader(stream.body!).take(2);
    assertEquals(events.map(({ data }) => data), ['{"state":"reset"}', "1"]);
  }
});

Deno.test("POST /sse/{channel} of more messages than are kept is a 413 that names both numbers, and delivers none", async () => {
  await using chime = inProcess({
    journal: new MemoryJournal({ maxEvents: 5, maxAgeMs: 86_400_000 }),
  });
  const lines = (count: number) => '{"data":"x"}\n'.repeat(count);
  await assertProblem(
    await chime.publish("/sse/a", lines(6), NDJSON),
    413,
    "Cannot publish 6 messages at once: the journal keeps 5 (--retain-events)",
  );
  const answer = await chime.publish("/sse/a", lines(5), NDJSON);
  assertEquals(answer.status, 201);
  const { ids } = await answer.json();
  const { journal } = chime;
  const floor = await journal.floor();
  const kept = await readEvents(journal, ["a"], floor, ids[4]);
  assertEquals(kept!.map(({ id }) => id), ids);
});
