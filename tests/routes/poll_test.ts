import { assert, assertEquals } from "@std/assert";
import { compareEventIds, type EventId } from "../../events/event_id.ts";
import { UnavailableError, UnreadableError } from "../../journal/history.ts";
import type { Journal } from "../../journal/journal.ts";
import { MemoryJournal } from "../../journal/memory/journal.ts";
import { assertProblem } from "../support/assert_problem.ts";
import { EventReader } from "../support/event_reader.ts";
import { CLIENT, inProcess, refusing } from "../support/in_process.ts";
import { readPolled } from "../support/polled.ts";
import { RETENTION } from "../support/serve_options.ts";
import { until } from "../support/until.ts";
import { wrappedJournal } from "../support/wrapped_journal.ts";

/** Appends messages without types to a channel, each by itself. */
async function append(
  journal: Journal,
  channel: string,
  data: readonly string[],
): Promise<EventId[]> {
  const ids: EventId[] = [];
  for (const one of data) {
    ids.push(...await journal.append([{ channel, data: one }]));
  }
  return ids;
}

/** Numbers as texts. */
function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${i}`);
}

Deno.test("GET /sse/{channel}?poll=1 answers with what is held, as it was published, and with where to go on", async () => {
  await using chime = inProcess();
  const data = [' "a"\r\nb\rc\0', "", "\u{1F701}"];
  await chime.publish("/sse/news", data[0]!);
  await chime.publish("/sse/chat?event=t", data[1]!);
  await chime.publish("/sse/news", data[2]!);
  const last = await chime.publish("/sse/other", "no");
  const { id } = await last.json();
  const response = await chime.request("/sse/news,chat,news?poll=1");
  assertEquals(response.headers.get("cache-control"), "no-store");
  const { events, end } = await readPolled(response);
  assertEquals(
    events.map(({ channel, type, data }) => [channel, type, data]),
    [["news", "message", data[0]], ["chat", "t", data[1]], [
      "news",
      "message",
      data[2],
    ]],
  );
  assertEquals(Object.keys(events[0]!), ["channel", "type", "id", "data"]);
  assertEquals(end, { last: id, more: false, complete: true });
});

Deno.test("GET /sse/?channel={channel}&poll=1 polls the channels of the query", async () => {
  await using chime = inProcess();
  await chime.publish("/sse/a+b", "1");
  await chime.publish("/sse/c", "2");
  const answer = chime.request("/sse/?channel=a%2Bb&channel=c&poll=1");
  assertEquals((await readPolled(answer)).data, ["1", "2"]);
});

Deno.test("A poll takes patterns: what is held of all channels that they cover, each event once", async () => {
  await using chime = inProcess();
  for (const [i, name] of ["a.1", "b", "a.2", "c/d", "a.1"].entries()) {
    await chime.publish(`/sse/${name}`, `${i}`);
  }
  const { events, end } = await readPolled(
    chime.request("/sse/a.*,a.1,c/*?poll=1"),
  );
  assertEquals(events.map(({ channel, data }) => `${channel} ${data}`), [
    ...["a.1 0", "a.2 2", "c/d 3", "a.1 4"],
  ]);
  assertEquals(end.complete, true);
});

Deno.test("A poll of patterns that match too many channels is a 503", async () => {
  await using chime = inProcess();
  await chime.journal.append(
    Array.from({ length: 10_001 }, (_, i) => ({ channel: `c${i}`, data: "" })),
  );
  await assertProblem(
    await chime.request("/sse/*?poll=1"),
    503,
    "Cannot poll for now: the journal has begun another timeline, or patterns match more than 10000 channels",
  );
});

Deno.test("A poll of a silent channel has a place to go on from, for a poll and for a stream", async () => {
  await using chime = inProcess();
  await chime.publish("/sse/other", "no");
  const { events, end } = await readPolled(
    chime.request("/sse/news?poll=1&since=earliest"),
  );
  assertEquals(events, []);
  assertEquals([end.more, end.complete], [false, true]);
  await chime.publish("/sse/news", "1");
  const next = await readPolled(
    chime.request(`/sse/news?poll=1&since=${end.last}`),
  );
  assertEquals(next.data, ["1"]);
  assertEquals(next.end.complete, true);
  const stream = await chime.request(`/sse/news?since=${end.last}`);
  const replayed = await new EventReader(stream.body!).take(2);
  assertEquals(replayed.map(({ data }) => data), [
    "1",
    '{"state":"resumed","replayed":1}',
  ]);
});

for (
  const [what, query, headers, data, complete] of [
    ["an id", "&since=ID", {}, ["2", "3"], true],
    ["a last id", "&lastEventId=ID&since=earliest", {}, ["2", "3"], true],
    ["a last id's other name", "&last_event_id=ID", {}, ["2", "3"], true],
    ["a header", "&since=earliest", { "last-event-id": "ID" }, [
      "2",
      "3",
    ], true],
    ["everything", "", {}, ["1", "2", "3"], true],
    ["earliest", "&since=earliest", {}, ["1", "2", "3"], true],
    ["a duration", "&since=1s", {}, ["2", "3"], true],
    ["a duration longer than what is kept", "&since=2d", {}, [
      "1",
      "2",
      "3",
    ], false],
    ["an id of another timeline", "&since=1-0.abcdef", {}, [
      "1",
      "2",
      "3",
    ], false],
    ["nonsense", "&lastEventId=nonsense", {}, ["1", "2", "3"], false],
  ] as const
) {
  Deno.test(`A poll can begin at ${what}`, async () => {
    await using chime = inProcess();
    await chime.publish("/sse/news", "too old");
    await chime.time.tickAsync(86_400_001);
    const { id } = await (await chime.publish("/sse/news", "1")).json();
    await chime.time.tickAsync(1_001);
    await chime.publish("/sse/news", "2");
    await chime.publish("/sse/news", "3");
    const withId = Object.entries(headers).map(([name, value]): [
      string,
      string,
    ] => [name, value.replace("ID", id)]);
    const polled = await readPolled(
      chime.request(`/sse/news?poll=1${query.replace("ID", id)}`, {
        headers: withId,
      }),
    );
    assertEquals(polled.data, data);
    assertEquals(polled.end.complete, complete);
    assertEquals(polled.end.more, false);
  });
}

for (
  const [path, detail] of [
    ["/sse/news?poll=1&latest=3", LATEST()],
    ["/sse/news?poll=1&since=latest", LATEST()],
    ["/sse/news?poll=1&lastEventId=latest", LATEST()],
    ["/sse/news?poll=1&since=1-0&latest=3", LATEST()],
    ["/sse/news?poll=2", 'Cannot use poll "2": it must be 0 or 1'],
    [
      "/sse/news?poll=1&since=x",
      'Cannot begin since "x": it must be an id, earliest, latest, or a duration such as 90s, 5m, 2h or 1d',
    ],
    ["/sse/?poll=1", "Cannot poll the clock: name channels to poll"],
  ] as const
) {
  Deno.test(`GET ${path} is a 400`, async () => {
    await using chime = inProcess();
    await assertProblem(await chime.request(path), 400, detail);
  });
}

function LATEST(): string {
  return "Cannot poll latest: a poll begins at since, or with all that is held";
}

Deno.test("GET /sse/{channel}?poll=0 is a stream", async () => {
  await using chime = inProcess();
  const stream = await chime.request("/sse/news?poll=0");
  await chime.publish("/sse/news", "1");
  const [event] = await new EventReader(stream.body!).take(1);
  assertEquals(event!.data, "1");
});

Deno.test("A poll brings 1,000 events at most, and says whether there are more", async () => {
  const journal = new MemoryJournal({ ...RETENTION, maxEvents: 9_999 });
  await using chime = inProcess({ journal });
  const ids = await append(journal, "news", numbers(2_000));
  const first = await readPolled(chime.request("/sse/news?poll=1"));
  assertEquals(first.data, numbers(1_000));
  assertEquals(first.end, { last: ids[999]!, more: true, complete: true });
  const rest = chime.request(`/sse/news?poll=1&since=${first.end.last}`);
  const { data, end } = await readPolled(rest);
  assertEquals(data, numbers(2_000).slice(1_000));
  assertEquals(end, { last: ids[1_999]!, more: false, complete: true });
});

Deno.test("A poll brings 1 MiB at most, and one event at least", async () => {
  const journal = new MemoryJournal(RETENTION);
  await using chime = inProcess({ journal });
  const sizes = [400_000, 400_000, 400_000, 2_000_000, 1];
  const ids = await append(journal, "a", sizes.map((n) => "x".repeat(n)));
  let since = "earliest";
  const polls: [sizes: number[], last: EventId, more: boolean][] = [];
  do {
    const { data, end } = await readPolled(
      chime.request(`/sse/a?poll=1&since=${since}`),
    );
    polls.push([data.map(({ length }) => length), end.last, end.more]);
    since = end.last;
  } while (polls.at(-1)![2]);
  assertEquals(polls, [
    [[400_000, 400_000], ids[1]!, true],
    [[400_000], ids[2]!, true],
    [[2_000_000], ids[3]!, true],
    [[1], ids[4]!, false],
  ]);
});

Deno.test("A poll after an id whose successors are gone says so, and brings what is held after it", async () => {
  const journal = new MemoryJournal({ ...RETENTION, maxEvents: 2 });
  await using chime = inProcess({ journal });
  const [id] = await append(journal, "a", ["0"]);
  await append(journal, "a", ["1", "2", "3"]);
  const { data, end } = await readPolled(
    chime.request(`/sse/a?poll=1&since=${id}`),
  );
  assertEquals(data, ["2", "3"]);
  assertEquals(end.complete, false);
});

Deno.test("Polls come to the end where one of their channels has lost what the other has had meanwhile", async () => {
  const journal = new MemoryJournal({ ...RETENTION, maxEvents: 3_000 });
  await using chime = inProcess({ journal });
  await append(journal, "quiet", numbers(2_500));
  const busy = await append(journal, "busy", numbers(4_000));
  const seen: string[] = [];
  const completes: boolean[] = [];
  let since = "";
  let more = true;
  while (more) {
    const { events, end } = await readPolled(
      chime.request(`/sse/busy,quiet?poll=1${since}`),
    );
    seen.push(...events.map(({ channel, data }) => `${channel} ${data}`));
    completes.push(end.complete);
    more = end.more;
    since = `&since=${end.last}`;
  }
  assertEquals(seen, [
    ...numbers(2_500).map((data) => `quiet ${data}`),
    ...numbers(4_000).slice(1_000).map((data) => `busy ${data}`),
  ]);
  assertEquals(completes, [true, false, false, true, true, true]);
  assertEquals(since, `&since=${busy.at(-1)}`);
});

Deno.test("A poll has what this instance has not seen yet, and its last id never falls", async () => {
  // Another instance publishes, and this one's tail brings nothing of it.
  const journal = wrappedJournal((journal) => ({
    tail: async function* () {
      for await (const batch of journal.tail()) {
        if (batch.records.length === 0) yield batch;
      }
    },
  }));
  await using chime = inProcess({ journal });
  const ids = await append(journal, "a", ["1", "2", "3"]);
  assert(compareEventIds(chime.instance.hub.position.id, ids[0]!) < 0);
  const all = await readPolled(chime.request("/sse/a?poll=1"));
  assertEquals(all.data, ["1", "2", "3"]);
  for (const [i, id] of ids.entries()) {
    const { data, end } = await readPolled(
      chime.request(`/sse/a?poll=1&since=${id}`),
    );
    assertEquals(data, ["1", "2", "3"].slice(i + 1));
    assertEquals(end, { last: ids[2]!, more: false, complete: true });
  }
});

for (const ReadingError of [UnavailableError, UnreadableError]) {
  const { name } = ReadingError;
  const fail = () => Promise.reject(new ReadingError("The journal is away"));

  for (const method of ["read", "holdings"] as const) {
    Deno.test(`A poll is a 503 with Retry-After where ${method} fails with ${name}`, async () => {
      await using chime = inProcess({
        journal: wrappedJournal(() => ({ [method]: fail })),
      });
      const response = await chime.request("/sse/a?poll=1");
      assertEquals(response.headers.get("retry-after"), "1");
      await assertProblem(response, 503, "The journal is away");
    });
  }

  Deno.test(`A poll ends before the page that fails with ${name}, and the next one is told`, async () => {
    let reads = 0;
    await using chime = inProcess({
      journal: wrappedJournal((journal) => ({
        read: (...args) => reads++ < 1 ? journal.read(...args) : fail(),
      })),
    });
    const ids = await append(chime.journal, "a", numbers(300));
    const { data, end } = await readPolled(chime.request("/sse/a?poll=1"));
    assertEquals(data, numbers(256));
    assertEquals(end, { last: ids[255]!, more: true, complete: true });
    const next = await chime.request(`/sse/a?poll=1&since=${end.last}`);
    assertEquals(next.status, 503);
  });
}

Deno.test("A poll is a 503 where the journal has begun another timeline between its two questions", async () => {
  const other = new MemoryJournal(RETENTION);
  const { position } = await other.holdings([]);
  const answer = Promise.resolve({ position, channels: [] });
  await using chime = inProcess({
    journal: wrappedJournal(() => ({ holdings: () => answer })),
  });
  await append(chime.journal, "a", ["1"]);
  assertEquals((await chime.request("/sse/a?poll=1")).status, 503);
});

Deno.test("A poll is no stream: it is answered where no stream can be opened, and the limits of clients hold", async () => {
  for (const state of ["draining", "overloaded"] as const) {
    await using chime = refusing(state);
    await chime.publish("/sse/a", "1");
    assertEquals((await readPolled(chime.request("/sse/a?poll=1"))).data, [
      "1",
    ]);
    const refused = await chime.instance.answer(
      new Request("http://chime.test/sse/a?poll=1"),
      { ...CLIENT, refused: "address" },
    );
    assertEquals(refused.status, 503);
    assertEquals(refused.headers.get("retry-after"), "3");
  }
});

Deno.test("HEAD of a poll has its head, and reads no more than the first page", async () => {
  let reads = 0;
  await using chime = inProcess({
    journal: wrappedJournal((journal) => ({
      read: (...args) => (reads++, journal.read(...args)),
    })),
  });
  await append(chime.journal, "a", numbers(999));
  const response = await chime.request("/sse/a?poll=1", { method: "HEAD" });
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("content-type"), "application/x-ndjson");
  await response.body!.cancel();
  assertEquals(reads, 1);
});

Deno.test("What a poll's client has not taken counts as memory, until it is taken or the client leaves", async () => {
  await using chime = inProcess();
  const { memory } = chime.instance.hub;
  await append(chime.journal, "a", numbers(600));
  for (const leaves of [false, true]) {
    const reader = (await chime.request("/sse/a?poll=1")).body!.getReader();
    assertEquals(memory.bytes, 0);
    await reader.read();
    assert(memory.bytes > 1_000);
    if (leaves) await reader.cancel();
    else while (!(await reader.read()).done) assert(true);
    await until(() => memory.bytes === 0);
  }
});

Deno.test("The pages of listed origins may poll", async () => {
  await using chime = inProcess({ corsOrigins: ["https://a.example"] });
  const response = await chime.request("/sse/a?poll=1", {
    headers: { origin: "https://a.example" },
  });
  assertEquals(
    response.headers.get("access-control-allow-origin"),
    "https://a.example",
  );
  await response.body!.cancel();
});
