import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertRejects,
} from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { compareEventIds, type EventId } from "../../events/event_id.ts";
import {
  type Reading,
  UnavailableError,
  UnreadableError,
} from "../../journal/history.ts";
import { Hub } from "../../hub/hub.ts";
import { EventReader } from "../support/event_reader.ts";
import { ListHistory } from "../journal/list_history.ts";
import { within } from "../support/within.ts";

const FRESH = { resumes: false };
const ALL = { maxFrames: 1_000, maxBytes: 1_000_000 };

/** A hub whose history is complete, and a way to publish. */
function setUp(ringLimits = ALL) {
  const history = new ListHistory();
  const hub = new Hub(history, { last: "0-0", ringLimits });
  return {
    history,
    hub,
    publish(channel: string, data: string, type?: string) {
      const event = history.add(channel, data, type);
      return hub.append([event], event.id);
    },
    [Symbol.dispose]() {
      hub[Symbol.dispose]();
    },
  };
}

function resume(id: EventId) {
  return { resumes: true, resume: id };
}

function status(state: Record<string, unknown>) {
  return { event: "status", data: JSON.stringify(state) };
}

/** A reader of what comes after the line that the stream begins with. */
async function begun(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>> {
  const reader = stream.getReader();
  await reader.read();
  return reader;
}

/** Without `retry`, which is drawn. */
async function take(reader: EventReader, count: number) {
  return (await reader.take(count)).map(({ retry: _, ...event }) => event);
}

Deno.test("Hub sends what comes to every client of the channel, in order", async () => {
  using chime = setUp();
  const readers = ["a", "a", "b"].map((channel) =>
    new EventReader(chime.hub.open([channel], FRESH))
  );
  await chime.publish("a", "1");
  await chime.publish("b", "2", "kind");
  await chime.publish("a", "3");

  const a = [{ data: "1", id: "1-0" }, { data: "3", id: "3-0" }];
  assertEquals(await take(readers[0]!, 2), a);
  assertEquals(await take(readers[1]!, 2), a);
  assertEquals(await take(readers[2]!, 1), [
    { event: "kind", data: "2", id: "2-0" },
  ]);
});

Deno.test("Hub gives the first event, and no later one, a retry from 2,000 to 4,000 ms", async () => {
  using chime = setUp();
  const drawn = [];
  for (let i = 0; i < 50; i++) {
    await using reader = new EventReader(chime.hub.open(["a"], FRESH));
    await chime.publish("a", "first");
    await chime.publish("a", "second");
    const [first, second] = await reader.take(2);
    assertEquals(second!.retry, undefined);
    drawn.push(first!.retry!);
  }
  assert(drawn.every((ms) => ms >= 2_000 && ms <= 4_000), `${drawn}`);
  assert(new Set(drawn).size > 10, `${drawn}`);
});

Deno.test("Hub begins each stream at once with the line retry, before there is anything to say", async () => {
  using chime = setUp();
  const reader = chime.hub.open(["a"], FRESH).getReader();
  const { value } = await reader.read();
  assertMatch(new TextDecoder().decode(value), /^retry:\d{4}\n$/);
  await chime.publish("a", "1");
  const { value: event } = await reader.read();
  assertEquals(new TextDecoder().decode(event), "data: 1\nid: 1-0\n\n");
});

Deno.test("Hub encodes an event once, and its clients share the bytes", async () => {
  using chime = setUp();
  const readers = Array.from(
    { length: 3 },
    () => chime.hub.open(["a"], FRESH).getReader(),
  );
  await chime.publish("a", "with retry");
  await Promise.all(readers.map((reader) => reader.read()));
  await chime.publish("a", "shared");
  await chime.publish("a", "also");
  const chunks = await Promise.all(readers.map((reader) => reader.read()));
  assertEquals(new Set(chunks.map(({ value }) => value)).size, 1);
});

Deno.test("Hub carries several channels on one stream in one order, with the channel in the type", async () => {
  using chime = setUp();
  const reader = new EventReader(chime.hub.open(["b", "a", "b"], FRESH));
  await chime.publish("a", "1");
  await chime.publish("c", "not asked for");
  await chime.publish("b", "2", "kind");
  await chime.publish("a", "3");
  assertEquals(await take(reader, 3), [
    { event: "a", data: "1", id: "1-0" },
    { event: "b:kind", data: "2", id: "3-0" },
    { event: "a", data: "3", id: "4-0" },
  ]);
  assertEquals(chime.hub.clientsOf("a"), 1);
  assertEquals(chime.hub.clientsOf("b"), 1);
});

Deno.test("Hub replays behind the id from the ring, says so, and goes on", async () => {
  using chime = setUp();
  await using _stays = new EventReader(chime.hub.open(["a"], FRESH));
  for (const data of ["1", "2", "3"]) await chime.publish("a", data);
  const reader = new EventReader(chime.hub.open(["a"], resume("1-0")));
  const [first, ...rest] = await reader.take(3);
  await chime.publish("a", "4");
  assertEquals(first!.data, "2");
  assert(first!.retry);
  assertEquals(rest, [
    { data: "3", id: "3-0" },
    status({ state: "resumed", replayed: 2 }),
  ]);
  assertEquals(await take(reader, 1), [{ data: "4", id: "4-0" }]);
  assertEquals(chime.history.reads, 0);
});

Deno.test("Hub replays from the history what no ring holds, several readings long", async () => {
  using chime = setUp();
  for (let i = 1; i <= 1_201; i++) await chime.publish("a", `${i}`);
  const reader = new EventReader(chime.hub.open(["a"], resume("1-0")));
  const replayed = await take(reader, 1_200);
  assertEquals(
    replayed.map(({ data }) => data),
    Array.from({ length: 1_200 }, (_, i) => `${i + 2}`),
  );
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 1_200 }),
  ]);
});

Deno.test("Hub replays large events a few at a time", async () => {
  using chime = setUp();
  const data = "x".repeat(30_000);
  for (let i = 0; i < 50; i++) await chime.publish("a", data);
  const reader = await begun(chime.hub.open(["a"], resume("0-0")));
  let received = 0;
  while (received < 50) {
    const { value } = await reader.read();
    assertLess(value!.length, 100_000);
    received += new TextDecoder().decode(value).match(/^id:/gm)!.length;
  }
});

Deno.test("Hub tells a client that missed nothing that it resumed", async () => {
  using chime = setUp();
  await chime.publish("a", "1");
  const reader = new EventReader(chime.hub.open(["a"], resume("1-0")));
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 0 }),
  ]);
});

for (
  const [what, start] of [
    ["is none", { resumes: true, resume: undefined }],
    ["is older than what is kept", resume("1-0")],
    ["was never given out", resume("99-0")],
  ] as const
) {
  Deno.test(`Hub tells a client whose id ${what} to reset, and goes on with what comes`, async () => {
    using chime = setUp();
    for (const data of ["1", "2", "3"]) await chime.publish("a", data);
    chime.history.forgotten = "2-0";
    const reader = new EventReader(chime.hub.open(["a"], start));
    assertEquals(await take(reader, 1), [status({ state: "reset" })]);
    await chime.publish("a", "4");
    assertEquals(await take(reader, 1), [{ data: "4", id: "4-0" }]);
  });
}

Deno.test("Hub waits for a client's id where the client is ahead, and repeats nothing", async () => {
  using chime = setUp();
  // Elsewhere the timeline has come to 3-0 already.
  const events = ["1", "2", "3"].map((data) => chime.history.add("a", data));
  const reader = new EventReader(chime.hub.open(["a"], resume("2-0")));
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 0 }),
  ]);
  for (const event of events) await chime.hub.append([event], event.id);
  assertEquals(await take(reader, 1), [{ data: "3", id: "3-0" }]);
  assertEquals(chime.history.reads, 1);
});

Deno.test("Hub replays from the oldest place that is kept, where asked", async () => {
  using chime = setUp();
  for (const data of ["1", "2", "3"]) await chime.publish("a", data);
  chime.history.forgotten = "1-0";
  const reader = new EventReader(
    chime.hub.open(["a"], { resumes: true, resume: "floor" }),
  );
  assertEquals(await take(reader, 3), [
    { data: "2", id: "2-0" },
    { data: "3", id: "3-0" },
    status({ state: "resumed", replayed: 2 }),
  ]);
});

Deno.test("Hub replays all that is kept after a reset, where asked", async () => {
  using chime = setUp();
  for (const data of ["1", "2", "3"]) await chime.publish("a", data);
  chime.history.forgotten = "1-0";
  const reader = new EventReader(
    chime.hub.open(["a"], { ...resume("0-0"), isMoment: true }),
  );
  assertEquals(await take(reader, 3), [
    status({ state: "reset" }),
    { data: "2", id: "2-0" },
    { data: "3", id: "3-0" },
  ]);
  await chime.publish("a", "4");
  assertEquals(await take(reader, 1), [{ data: "4", id: "4-0" }]);
});

Deno.test("Hub claims nothing of the time before it knew where the timeline stands", async () => {
  using chime = setUp();
  for (const data of ["1", "2", "3"]) chime.history.add("a", data);
  const early = new EventReader(chime.hub.open(["a"], FRESH));
  await chime.hub.begin("3-0");
  const reader = new EventReader(chime.hub.open(["a"], resume("1-0")));
  assertEquals(await take(reader, 3), [
    { data: "2", id: "2-0" },
    { data: "3", id: "3-0" },
    status({ state: "resumed", replayed: 2 }),
  ]);
  await chime.publish("a", "4");
  assertEquals(await take(early, 1), [{ data: "4", id: "4-0" }]);
});

Deno.test("Hub keeps clients that resume waiting until it knows where the timeline stands", async () => {
  const history = new ListHistory();
  for (const data of ["1", "2", "3"]) history.add("a", data);
  using hub = new Hub(history);
  const reader = new EventReader(hub.open(["a"], resume("1-0")));
  const events = take(reader, 3);
  await hub.append([], "0-0");
  await hub.begin("3-0");
  assertEquals(await events, [
    { data: "2", id: "2-0" },
    { data: "3", id: "3-0" },
    status({ state: "resumed", replayed: 2 }),
  ]);
});

Deno.test("Hub begins a fresh stream with the newest event of each channel, where asked", async () => {
  using chime = setUp();
  for (const name of ["a", "b", "a", "b", "b"]) await chime.publish(name, "");
  const reader = new EventReader(
    chime.hub.open(["a", "b", "c"], { resumes: false, latest: 1 }),
  );
  assertEquals(await take(reader, 2), [
    { event: "a", data: "", id: "3-0" },
    { event: "b", data: "", id: "5-0" },
  ]);
  await chime.publish("c", "");
  assertEquals(await take(reader, 1), [{ event: "c", data: "", id: "6-0" }]);
});

for (const [which, count] of [["", 0], [", though nobody reads", 2]] as const) {
  Deno.test(`Hub goes on from where a stream was opened, though its newest event is found later${which}`, async () => {
    using chime = setUp();
    await chime.publish("a", "1");
    const stream = chime.hub.open(["a"], { resumes: false, latest: 1 });
    for (let i = 0; i < count; i++) await chime.publish("a", "unread");
    const { latest } = chime.history;
    chime.history.latest = () => Promise.reject(new UnavailableError("away"));
    const events = take(new EventReader(stream), 3 + count);
    await new Promise((resolve) => setTimeout(resolve));
    chime.history.latest = latest;
    const later = ["2", "3"].map((data) => chime.history.add("a", data));
    await chime.hub.append(later, chime.history.last);
    assertEquals(
      (await events).map(({ data }) => data),
      ["1", ...Array(count).fill("unread"), "2", "3"],
    );
  });
}

Deno.test("Hub writes the newest events of each channel a few at a time, and goes on with what came meanwhile", async () => {
  using chime = setUp();
  for (let i = 0; i < 30; i++) {
    await chime.publish(i % 2 ? "a" : "b", `${i}`.padEnd(10_000));
  }
  const stream = chime.hub.open(["a", "b"], { resumes: false, latest: 10 });
  const reader = await begun(stream);
  const ids: string[] = [];
  while (ids.length < 21) {
    const { value } = await reader.read();
    assertLess(value!.length, 100_000);
    const text = new TextDecoder().decode(value);
    if (ids.length === 0) await chime.publish("a", "meanwhile");
    ids.push(...[...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id!));
  }
  assertEquals(ids, Array.from({ length: 21 }, (_, i) => `${i + 11}-0`));
  await reader.cancel();
});

Deno.test("Hub refills a fresh stream from where the timeline began, if it was opened before", async () => {
  const history = new ListHistory();
  for (const data of ["1", "2", "3"]) history.add("a", data);
  using hub = new Hub(history, { ringLimits: { ...ALL, maxFrames: 2 } });
  const stream = hub.open(["a"], FRESH);
  await hub.begin("3-0");
  const later = ["4", "5", "6", "7"].map((data) => history.add("a", data));
  await hub.append(later, history.last);
  const events = await take(new EventReader(stream), 4);
  assertEquals(events.map(({ data }) => data), ["4", "5", "6", "7"]);
});

Deno.test("Hub tells every client to reset where the timeline ends, and goes on with the next one", async () => {
  using chime = setUp();
  const parked = new EventReader(chime.hub.open(["a"], FRESH));
  const unread = chime.hub.open(["a"], FRESH);
  await chime.publish("a", "1");
  await take(parked, 1);
  await chime.hub.reset("0-5");
  await chime.hub.append([{ channel: "a", data: "new", id: "0-6" }], "0-6");
  for (const reader of [parked, new EventReader(unread)]) {
    assertEquals(await take(reader, 2), [
      status({ state: "reset" }),
      { data: "new", id: "0-6" },
    ]);
  }
});

Deno.test("Hub lets a client wait while the history is out of reach, and then replays", async () => {
  using chime = setUp();
  for (const data of ["1", "2"]) await chime.publish("a", data);
  const { read } = chime.history;
  chime.history.read = () => Promise.reject(new UnavailableError("away"));
  const reader = new EventReader(chime.hub.open(["a"], resume("1-0")));
  const events = take(reader, 2);
  await chime.hub.append([], chime.history.last);
  chime.history.read = read;
  await chime.hub.append([], chime.history.last);
  assertEquals(await events, [
    { data: "2", id: "2-0" },
    status({ state: "resumed", replayed: 1 }),
  ]);
});

Deno.test("Hub refills a client that fell out of the ring, without a word", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.hub.open(["a"], FRESH);
  for (let i = 1; i <= 9; i++) await chime.publish("a", `${i}`);
  const events = await take(new EventReader(stream), 9);
  assertEquals(
    events.map(({ data }) => data),
    ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
  );
});

Deno.test("Hub gives a client that fell out what is still held, and then tells it how much it lost", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.hub.open(["a"], FRESH);
  for (let i = 1; i <= 9; i++) await chime.publish("a", `${i}`);
  chime.history.forgotten = "5-0";
  assertEquals(await take(new EventReader(stream), 5), [
    { data: "6", id: "6-0" },
    { data: "7", id: "7-0" },
    { data: "8", id: "8-0" },
    { data: "9", id: "9-0" },
    status({ state: "lagged", missed: 5 }),
  ]);
});

Deno.test("Hub goes on from the ring where that holds more than the history, and tells how much was lost", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.hub.open(["a"], FRESH);
  for (let i = 1; i <= 9; i++) await chime.publish("a", `${i}`);
  chime.history.forgotten = "8-0";
  assertEquals(await take(new EventReader(stream), 3), [
    status({ state: "lagged", missed: 7 }),
    { data: "8", id: "8-0" },
    { data: "9", id: "9-0" },
  ]);
});

Deno.test("Hub tells a client that fell out nothing where only other channels lost events", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.hub.open(["a"], FRESH);
  await chime.publish("b", "1");
  for (let i = 2; i <= 9; i++) await chime.publish("a", `${i}`);
  chime.history.forgotten = "1-0";
  await chime.publish("a", "10");
  const events = await take(new EventReader(stream), 9);
  assertEquals(events.map(({ data }) => Number(data)), [
    ...[2, 3, 4, 5, 6, 7, 8, 9, 10],
  ]);
});

Deno.test("Hub tells a client that is slower than the publishers how much it lost, though the history goes on losing it", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.hub.open(["a"], FRESH);
  for (let i = 1; i <= 9; i++) await chime.publish("a", `${i}`);
  const { read } = chime.history;
  // Whatever is read next is gone by then: there is always one more.
  chime.history.read = async (...args) => {
    assertLess(chime.history.reads, 1_000);
    chime.history.forgotten = chime.history.events.at(-5)!.id;
    await chime.publish("a", `${chime.history.events.length + 1}`);
    return await read.apply(chime.history, args);
  };
  let received = 0;
  let missed: number | undefined;
  let lastN = 0;
  const reader = new EventReader(stream);
  while (missed === undefined) {
    const event = (await within(reader.next()))!;
    if (event.event === "status") missed = JSON.parse(event.data!).missed;
    else {
      assertLess(lastN, Number(event.data));
      lastN = Number(event.data);
      received++;
    }
  }
  const [next] = await take(reader, 1);
  assertEquals(Number(next!.data), received + missed + 1);
});

Deno.test("Hub counts what is lost across channels, after what could be refilled", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const reader = chime.hub.open(["a", "b"], FRESH);
  // a: 1 3 5 … 1999, b: 2 4 … 2000; the history is read in parts, the first of 32.
  for (let i = 1; i <= 2_000; i++) {
    await chime.publish(i % 2 ? "a" : "b", `${i}`);
  }
  const { read } = chime.history;
  chime.history.read = async (...args) => {
    const events = await read.apply(chime.history, args);
    chime.history.forgotten = "33-0";
    return events;
  };
  const events = await take(new EventReader(reader), 2_000);
  assertEquals(events[31]!.data, "32");
  assertEquals(
    events.slice(32, 1_999).map(({ data }) => Number(data)),
    Array.from({ length: 1_967 }, (_, i) => i + 34),
  );
  assertEquals(events.slice(1_999), [
    status({ state: "lagged", missed: 1 }),
  ]);
});

Deno.test("Hub asks nothing of a client that does not read", async () => {
  using chime = setUp();
  const stream = chime.hub.open(["a"], FRESH);
  for (let i = 0; i < 100; i++) await chime.publish("a", `${i}`);
  const reader = stream.getReader();
  const { value } = await reader.read();
  assertEquals(new TextDecoder().decode(value).match(/^id:/gm)!.length, 100);
});

Deno.test("Hub writes no more at once than 64 KiB, unless one frame is larger", async () => {
  using chime = setUp();
  const stream = chime.hub.open(["a"], FRESH);
  const sizes = [30_000, 30_000, 30_000, 100_000, 10];
  for (const size of sizes) await chime.publish("a", "x".repeat(size));
  const reader = stream.getReader();
  const events = [];
  while (events.length < sizes.length) {
    const { value } = await reader.read();
    const ids = new TextDecoder().decode(value).match(/^id: .*/gm)!;
    if (ids.length > 1) assertLess(value!.length, 64 * 1024);
    events.push(...ids);
  }
  assertEquals(events.at(-1), "id: 5-0");
});

Deno.test("Hub comments on a stream that was silent for 15 s, and only on that", async () => {
  using time = new FakeTime();
  using chime = setUp();
  const busy = chime.hub.open(["busy"], FRESH).getReader();
  const idle = chime.hub.open(["idle"], FRESH).getReader();
  const heard: string[] = [];
  const listen = async () => {
    for (let value; (value = (await idle.read()).value);) {
      heard.push(new TextDecoder().decode(value));
    }
  };
  const listening = listen();
  const talk: string[] = [];
  const talking = (async () => {
    for (let value; (value = (await busy.read()).value);) {
      talk.push(new TextDecoder().decode(value));
    }
  })();

  await time.tickAsync(10_000);
  await chime.publish("busy", "x");
  await time.tickAsync(4_000);
  assertEquals(heard.length, 1);
  await time.tickAsync(1_000);
  assertEquals(heard.slice(1), [":\n\n"]);
  await time.tickAsync(15_000);
  assertEquals(heard.slice(1), [":\n\n", ":\n\n"]);
  assertEquals(talk.length, 3);
  chime.hub.closeAll({ state: "draining" });
  await Promise.all([listening, talking]);
});

Deno.test("Hub makes a channel of few clients wait for no other's flush", async () => {
  using time = new FakeTime();
  using chime = setUp();
  const busy = await Promise.all(
    Array.from(
      { length: 9 },
      () => begun(chime.hub.open(["busy"], FRESH)),
    ),
  );
  const quiet = await begun(chime.hub.open(["quiet"], FRESH));
  await chime.publish("busy", "1");
  await Promise.all(busy.map((reader) => reader.read()));
  const waiting = busy.map((reader) => reader.read());
  let isWoken = false;
  waiting[0]!.then(() => isWoken = true);
  // The flush before is not over as long as no time passes.
  await chime.publish("busy", "2");
  const read = quiet.read();
  await chime.publish("quiet", "3");
  assertMatch(new TextDecoder().decode((await read).value), /^data: 3$/m);
  assertEquals(isWoken, false);
  await time.tickAsync(100);
  await Promise.all(waiting);
});

for (
  const [what, start] of [
    ["resumes", resume("1-0")],
    ["asks for the newest", { resumes: false, latest: 1 }],
    ["resumes and asks for the newest", { ...resume("1-0"), latest: 1 }],
    ["asks for all", { resumes: true, resume: "floor" }],
    ["asks for all since a moment", { ...resume("1-0"), isMoment: true }],
  ] as const
) {
  Deno.test(`Hub tells a client that ${what} to reset, once, where the history cannot be read, and no other`, async () => {
    using chime = setUp();
    for (const data of ["1", "2", "3"]) await chime.publish("a", data);
    const other = new EventReader(chime.hub.open(["a"], FRESH));
    const { history } = chime;
    const fail = () => Promise.reject<never>(new UnreadableError("damaged"));
    Object.assign(history, { read: fail, latest: fail, floor: fail });
    const reader = new EventReader(chime.hub.open(["a"], start));
    assertEquals(await take(reader, 1), [status({ state: "reset" })]);
    await chime.publish("a", "4");
    for (const each of [reader, other]) {
      assertEquals(await take(each, 1), [{ data: "4", id: "4-0" }]);
    }
  });
}

Deno.test("Hub tells a client that fell out of the ring to reset where the history cannot be read, and goes on from the oldest held", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.hub.open(["a"], FRESH);
  for (let i = 1; i <= 100; i++) await chime.publish("a", `${i}`);
  const { read } = chime.history;
  chime.history.read = (channels, after, ...rest) =>
    after === "0-0"
      ? read.call(chime.history, channels, after, ...rest)
      : Promise.reject(new UnreadableError("damaged"));
  const events = await take(new EventReader(stream), 35);
  assertEquals(events[31], { data: "32", id: "32-0" });
  assertEquals(events.slice(32), [
    status({ state: "reset" }),
    { data: "99", id: "99-0" },
    { data: "100", id: "100-0" },
  ]);
});

Deno.test("Hub encodes what is replayed once for all who come for it", async () => {
  using chime = setUp();
  await chime.publish("a", "1");
  const chunks = [];
  for (let i = 0; i < 2; i++) {
    const reader = chime.hub.open(["a"], resume("0-0")).getReader();
    const { value } = await reader.read();
    chunks.push(new TextDecoder().decode(value).replace(/retry.*/, ""));
    await reader.cancel();
    // Were it encoded anew, it would say something else.
    chime.history.events[0]!.data = "changed";
  }
  assertEquals(chunks[0], chunks[1]);
});

Deno.test("Hub ends every stream with a status and a retry, also one that nobody reads yet", async () => {
  using chime = setUp();
  const parked = chime.hub.open(["a"], FRESH);
  const reader = new EventReader(parked);
  const unread = chime.hub.open(["b"], FRESH);
  await chime.publish("a", "1");
  await take(reader, 1);
  chime.hub.closeAll({ state: "draining" });
  for (
    const events of [await reader.rest(), await new EventReader(unread).rest()]
  ) {
    assertEquals(events.length, 1);
    assertEquals(events[0]!.data, '{"state":"draining"}');
    assert(events[0]!.retry! >= 2_000);
  }
  assertEquals(chime.hub.clientCount, 0);
});

Deno.test("Hub keeps nothing of clients that left", async () => {
  using chime = setUp();
  const streams = Array.from(
    { length: 1_000 },
    (_, i) => chime.hub.open([`c${i % 10}`, "all"], FRESH),
  );
  const readers = streams.map((stream) => stream.getReader());
  const pending = readers.map((reader) => reader.read());
  assertEquals(chime.hub.clientCount, 1_000);
  assertEquals(chime.hub.clientsOf("all"), 1_000);
  await chime.publish("all", "1");
  await Promise.all(pending);
  await Promise.all(readers.map((reader) => reader.cancel()));
  assertEquals(chime.hub.clientCount, 0);
  assertEquals(chime.hub.channels, []);
});

Deno.test("Hub lets a client leave while its history is read", async () => {
  using chime = setUp();
  await chime.publish("a", "1");
  const { promise, resolve } = Promise.withResolvers<Reading>();
  chime.history.read = () => promise;
  const reader = chime.hub.open(["a"], resume("0-0")).getReader();
  const read = reader.read();
  await reader.cancel();
  resolve({ events: [...chime.history.events], isComplete: true });
  assertEquals((await read).done, true);
  assertEquals(chime.hub.clientCount, 0);
});

Deno.test("Hub ends the stream whose history cannot be read, and no other", async () => {
  using chime = setUp();
  await chime.publish("a", "1");
  const other = new EventReader(chime.hub.open(["a"], FRESH));
  chime.history.read = () => Promise.reject(new Error("no disk"));
  using log = stub(console, "error", () => {});
  const reader = await begun(chime.hub.open(["a"], resume("0-0")));
  const failure = await reader.read().catch((error) => error);
  assertEquals(failure.message, "no disk");
  assertEquals(log.calls[0]!.args, ["chime: a stream was cut:", failure]);
  assertEquals(chime.hub.clientCount, 1);
  await chime.publish("a", "2");
  assertEquals(await take(other, 1), [{ data: "2", id: "2-0" }]);
});

/** Has the next write to a stream fail. */
function failNextWrite() {
  const { prototype } = ReadableStreamDefaultController;
  const { enqueue } = prototype;
  let isFailing = true;
  return stub(
    prototype,
    "enqueue",
    function (this: ReadableStreamDefaultController, chunk: unknown) {
      if (!isFailing) return enqueue.call(this, chunk);
      isFailing = false;
      throw new Error("no memory");
    },
  );
}

for (
  const [when, act] of [
    [
      "an event",
      (hub) => hub.append([{ channel: "a", data: "1", id: "1-0" }], "1-0"),
    ],
    ["a new timeline", (hub) => hub.reset("1-0")],
    ["the heartbeat", (_hub, time) => time.tickAsync(15_000)],
    ["the end", (hub) => hub.closeAll({ state: "draining" })],
  ] as readonly [string, (hub: Hub, time: FakeTime) => unknown][]
) {
  Deno.test(`Hub cuts the one stream that fails at ${when}, logs and counts it; the others go on`, async () => {
    using time = new FakeTime();
    using chime = setUp();
    using log = stub(console, "error", () => {});
    const readers = Array.from(
      { length: 20 },
      () => chime.hub.open(["a"], FRESH).getReader(),
    );
    const reads = Promise.allSettled(readers.map((reader) => reader.read()));
    await time.runMicrotasks();
    using _failing = failNextWrite();
    await act(chime.hub, time);
    await time.tickAsync(100);
    const results = await reads;
    const failed = results.filter(({ status }) => status === "rejected");
    assertEquals(failed.length, 1);
    assertEquals(
      results.filter((result) =>
        result.status === "fulfilled" && result.value.value!.length > 0
      ).length,
      19,
    );
    assertEquals(chime.hub.faults.count, 1);
    const [[line, error]] = log.calls.map(({ args }) => args) as [
      [string, Error],
    ];
    assertEquals([line, error.message], [
      "chime: a stream was cut:",
      "no memory",
    ]);
    assertEquals(log.calls.length, 1);
    assertEquals(chime.hub.clientCount, when === "the end" ? 0 : 19);
  });
}

Deno.test("Hub cuts the one stream that fails when it is asked for more", async () => {
  using chime = setUp();
  using _log = stub(console, "error", () => {});
  await chime.publish("a", "1");
  const other = new EventReader(chime.hub.open(["a"], resume("0-0")));
  const stream = chime.hub.open(["a"], FRESH);
  await chime.publish("a", "2");
  {
    using _failing = failNextWrite();
    await assertRejects(() => stream.getReader().read(), Error, "no memory");
  }
  assertEquals([chime.hub.faults.count, chime.hub.clientCount], [1, 1]);
  assertEquals((await other.next())!.data, "1");
});

Deno.test("Hub passes over an event that cannot be encoded, logs and counts it, and goes on", async () => {
  using chime = setUp();
  using log = stub(console, "error", () => {});
  const reader = new EventReader(chime.hub.open(["a"], FRESH));
  await chime.publish("a", "\uD800");
  await chime.publish("a", "2");
  const ids = async (reader: EventReader) =>
    (await reader.take(2)).map(({ id }) => id);
  assertEquals(await ids(reader), [undefined, "2-0"]);
  assertEquals(chime.hub.faults.count, 1);
  assertEquals(log.calls[0]!.args[0], "chime: the event 1-0 cannot be sent:");
  // From the history as well.
  const again = new EventReader(chime.hub.open(["a", "b"], resume("0-0")));
  assertEquals(await ids(again), [undefined, "2-0"]);
});

Deno.test("Hub brings every client each event of its channels once and in order, whatever happens meanwhile", async () => {
  const channels = fc.uniqueArray(fc.constantFrom("a", "b", "c"), {
    minLength: 1,
  });
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.record({ publish: channels }) },
    { weight: 2, arbitrary: fc.record({ open: channels }) },
    { weight: 3, arbitrary: fc.record({ read: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ cut: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ settle: fc.constant(true) }) },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 60 }),
      fc.integer({ min: 1, max: 5 }),
      async (actions, maxFrames) => {
        using chime = setUp({ maxFrames, maxBytes: 10_000 });
        /** A client with what it has seen; it comes back with its last id. */
        interface Reader {
          channels: string[];
          seen: EventId[];
          first: EventId;
          reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
          read: Promise<void> | undefined;
        }
        const clients: Reader[] = [];
        const connect = (client: Reader) => {
          const stream = chime.hub.open(
            client.channels,
            resume(client.seen.at(-1) ?? client.first),
          );
          client.reader = stream.getReader();
        };
        const read = (client: Reader) => {
          client.read ??= client.reader!.read().then(({ value }) => {
            client.read = undefined;
            const text = new TextDecoder().decode(value);
            assert(!/lagged|reset/.test(text), text);
            for (const [, id] of text.matchAll(/^id: (.*)$/gm)) {
              client.seen.push(id as EventId);
            }
          });
          return client.read;
        };
        for (const act of actions) {
          if ("publish" in act) {
            const events = act.publish.map((name) =>
              chime.history.add(name, "")
            );
            chime.hub.append(events, events.at(-1)!.id);
          } else if ("open" in act) {
            const first = chime.hub.position.id;
            const client = {
              channels: act.open,
              seen: [],
              first,
              reader: undefined,
              read: undefined,
            };
            clients.push(client);
            connect(client);
          } else if ("settle" in act) {
            await new Promise((resolve) => setTimeout(resolve));
          } else if (clients.length > 0) {
            const at = "read" in act ? act.read : act.cut;
            const client = clients[at % clients.length]!;
            if ("read" in act) read(client);
            else {
              await client.reader!.cancel();
              await client.read;
              connect(client);
            }
          }
        }
        await chime.hub.append([], chime.history.last);
        for (const client of clients) {
          const wanted = chime.history.events
            .filter(({ channel }) => client.channels.includes(channel))
            .map(({ id }) => id)
            .filter((id) => compareEventIds(id, client.first) > 0);
          while (client.seen.length < wanted.length) await read(client);
          assertEquals(client.seen, wanted);
        }
        chime.hub.closeAll({ state: "draining" });
        await Promise.all(clients.map(({ read }) => read));
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("Hub tells a parked client at once that the timeline ended", async () => {
  using chime = setUp();
  const reader = new EventReader(chime.hub.open(["a"], FRESH));
  const told = take(reader, 1);
  await chime.hub.append([], "0-0");
  await chime.hub.reset("0-5");
  assertEquals(await told, [status({ state: "reset" })]);
});

Deno.test("Hub comments on idle streams again after a time without any", async () => {
  using time = new FakeTime();
  using chime = setUp();
  await chime.hub.open(["a"], FRESH).cancel();
  const reader = await begun(chime.hub.open(["a"], FRESH));
  const heard = reader.read();
  await time.tickAsync(15_000);
  assertMatch(new TextDecoder().decode((await heard).value), /^:\n/);
  await reader.cancel();
});

Deno.test("Hub comments on no stream whose client left while it waited", async () => {
  using time = new FakeTime();
  using chime = setUp();
  const stays = await begun(chime.hub.open(["a"], FRESH));
  const leaves = await begun(chime.hub.open(["a"], FRESH));
  const heard = stays.read();
  const nothing = leaves.read();
  await time.tickAsync(1_000);
  await leaves.cancel();
  assertEquals((await nothing).done, true);
  // A comment to who has left would throw here.
  await time.tickAsync(15_000);
  assertMatch(new TextDecoder().decode((await heard).value), /^:\n/);
  await stays.cancel();
});

Deno.test("Hub says nothing of a client that leaves while its history is read", async () => {
  using chime = setUp();
  using log = stub(console, "error", () => {});
  await chime.publish("a", "1");
  const { promise, resolve } = Promise.withResolvers<Reading>();
  chime.history.read = () => promise;
  const reader = chime.hub.open(["a"], resume("0-0")).getReader();
  const read = reader.read();
  await Promise.resolve();
  await reader.cancel();
  resolve({ events: [...chime.history.events], isComplete: true });
  await read;
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(log.calls, []);
});

Deno.test("Hub says that a client resumed only behind the last of several writes", async () => {
  using chime = setUp();
  await using _stays = new EventReader(chime.hub.open(["a"], FRESH));
  for (const _ of "12345") await chime.publish("a", "x".repeat(30_000));
  const reader = new EventReader(chime.hub.open(["a"], resume("0-0")));
  const events = await reader.take(6);
  assertEquals(
    events.map(({ event, id }) => event ?? id),
    ["1-0", "2-0", "3-0", "4-0", "5-0", "status"],
  );
});

Deno.test("Hub counts what a client lost anew each time, whatever it had replayed before", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  for (const data of ["1", "2", "3"]) await chime.publish("a", data);
  const reader = chime.hub.open(["a"], resume("0-0")).getReader();
  const decoder = new TextDecoder();
  const read = async () => decoder.decode((await reader.read()).value);
  let text = "";
  while (!text.includes("resumed")) text += await read();
  for (const missed of [5, 7]) {
    const before = chime.history.events.length;
    for (let i = 0; i < missed + 2; i++) await chime.publish("a", "");
    chime.history.forgotten = chime.history.last;
    assertEquals(
      await read(),
      `event: status\ndata: {"state":"lagged","missed":${missed}}\n\n`,
    );
    assertMatch(await read(), new RegExp(`id: ${before + missed + 1}-0`));
  }
  await reader.cancel();
});

Deno.test("Hub tells a client whose channels had nothing meanwhile that it resumed", async () => {
  using chime = setUp();
  for (const name of ["a", "b", "b"]) await chime.publish(name, "");
  const reader = new EventReader(chime.hub.open(["a"], resume("1-0")));
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 0 }),
  ]);
  await chime.publish("a", "4");
  assertEquals(await take(reader, 1), [{ data: "4", id: "4-0" }]);
});

Deno.test("Hub resets a client that falls out while it resumes, where nothing has what it missed", async () => {
  using chime = setUp({ maxFrames: 3, maxBytes: 1_000_000 });
  await using _stays = new EventReader(chime.hub.open(["a"], FRESH));
  const publish = () => chime.publish("a", "x".repeat(40_000));
  for (let i = 0; i < 3; i++) await publish();
  const reader = await begun(chime.hub.open(["a"], resume("0-0")));
  const decoder = new TextDecoder();
  assertMatch(decoder.decode((await reader.read()).value), /^id: 1-0$/m);
  for (let i = 0; i < 5; i++) await publish();
  chime.history.forgotten = chime.history.last;
  const { value } = await reader.read();
  assertEquals(
    decoder.decode(value),
    'event: status\ndata: {"state":"reset"}\n\n',
  );
  await reader.cancel();
});

Deno.test("Hub gives a client all that came since, whatever another took before", async () => {
  using chime = setUp();
  const [early, late] = [0, 1].map(() =>
    chime.hub.open(["a"], FRESH).getReader()
  );
  await chime.publish("a", "1");
  await early!.read();
  await chime.publish("a", "2");
  const { value } = await late!.read();
  assertEquals(new TextDecoder().decode(value).match(/^id:/gm)!.length, 2);
});

Deno.test("Hub replays for a client that waited, as soon as it knows where the timeline stands", async () => {
  using chime = setUp();
  for (const data of ["1", "2"]) chime.history.add("a", data);
  const { read } = chime.history;
  chime.history.read = () => Promise.reject(new UnavailableError("away"));
  const reader = new EventReader(chime.hub.open(["a"], resume("1-0")));
  const events = take(reader, 2);
  await new Promise((resolve) => setTimeout(resolve));
  chime.history.read = read;
  await chime.hub.begin("2-0");
  assertEquals(await events, [
    { data: "2", id: "2-0" },
    status({ state: "resumed", replayed: 1 }),
  ]);
});
