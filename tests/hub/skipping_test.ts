import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { NEW } from "../../hub/deliver_from.ts";
import { UnavailableError, UnreadableError } from "../../journal/history.ts";
import { EventReader } from "../support/event_reader.ts";
import { after } from "../support/open_stream.ts";
import { FakeSink } from "./fake_sink.ts";
import { ALL, begun, setUp, status, take } from "./set_up.ts";

type Chime = ReturnType<typeof setUp>;

/** Adds events that the tail leaves out, and skips. */
async function skip(
  { history, hub }: Chime,
  ...events: readonly (readonly [channel: string, data: string])[]
): Promise<void> {
  for (const [channel, data] of events) history.add(channel, data);
  await hub.skip(history.last);
}

/** The data of the next events. */
async function data(reader: EventReader, count: number) {
  return (await reader.take(count)).map(({ data }) => data);
}

Deno.test("Hub reads on for its streams what the tail left out, without a word, one reading for those at one place", async () => {
  using chime = setUp();
  const readers = Array.from(
    { length: 20 },
    () => new EventReader(chime.open(["a"])),
  );
  const quiet = new EventReader(chime.open(["b"]));
  const reading = readers.map((reader) => data(reader, 4));
  await chime.publish("a", "1");
  await skip(chime, ["a", "2"], ["c", "3"], ["a", "4"]);
  await chime.publish("a", "5");
  for (const read of reading) {
    assertEquals(await read, ["1", "2", "4", "5"]);
  }
  assertEquals(chime.history.reads, 1);
  await chime.publish("b", "6");
  assertEquals(await data(quiet, 1), ["6"]);
  assertEquals(chime.history.reads, 1);
});

Deno.test("Hub shares one reading of each part, however long what was left out is", async () => {
  using chime = setUp();
  const readers = Array.from(
    { length: 5 },
    () => new EventReader(chime.open(["a", "b"])),
  );
  const left = Array.from(
    { length: 200 },
    (_, i) => [i % 2 ? "a" : "b", `${i}`] as const,
  );
  const reading = readers.map((reader) => data(reader, 200));
  await delay(0);
  await skip(chime, ...left);
  for (const read of reading) {
    assertEquals(await read, left.map(([, data]) => data));
  }
  // Parts of 32, 64 and 104.
  assertEquals(chime.history.reads, 3);
});

Deno.test("Hub reads on from where it stood itself, though its streams' last events are from before a floor", async () => {
  using chime = setUp();
  const reader = new EventReader(chime.open(["a"]));
  await chime.publish("a", "1");
  assertEquals(await data(reader, 1), ["1"]);
  for (const text of ["2", "3", "4", "5"]) await chime.publish("b", text);
  chime.history.forgotten = "3-0";
  await skip(chime, ["a", "6"]);
  assertEquals(await take(reader, 1), [{ data: "6", id: "6-0" }]);
});

Deno.test("Hub asks 1,000 names at once which channels have newer events, and leaves the others alone", async () => {
  using chime = setUp();
  const readers = await Promise.all(
    Array.from({ length: 1_001 }, (_, i) => begun(chime.open([`c${i}`]))),
  );
  const read = readers[1_000]!.read();
  await skip(chime, ["c1000", "1"]);
  await read;
  assertEquals(chime.history.asked.map(({ length }) => length), [1_000, 1]);
  assertEquals(chime.history.reads, 1);
  await Promise.all(readers.map((reader) => reader.cancel()));
});

for (const Failure of [UnavailableError, UnreadableError]) {
  Deno.test(`Hub reads on for all streams where it cannot be asked which channels changed: ${Failure.name}`, async () => {
    using chime = setUp();
    chime.history.changed = () => Promise.reject(new Failure("away"));
    const reader = new EventReader(chime.open(["a"]));
    const quiet = new EventReader(chime.open(["b"]));
    const reading = [data(reader, 2), data(quiet, 1)];
    await delay(0);
    await skip(chime, ["a", "1"]);
    await chime.publish("a", "2");
    await chime.publish("b", "3");
    assertEquals(await Promise.all(reading), [["1", "2"], ["3"]]);
  });
}

Deno.test("Hub reads on for a stream that opens while it asks which channels changed", async () => {
  using chime = setUp();
  await using _stays = new EventReader(chime.open(["b"]));
  const { changed } = chime.history;
  let early: Promise<unknown> | undefined;
  chime.history.changed = (...args) => {
    early = data(new EventReader(chime.open(["a"])), 2);
    return changed.apply(chime.history, args);
  };
  await skip(chime, ["a", "1"]);
  await chime.publish("a", "2");
  assertEquals(await early, ["1", "2"]);
});

Deno.test("Hub says that a stream lagged, not by how much, where what the tail left out is gone in part", async () => {
  using chime = setUp();
  const reader = new EventReader(chime.open(["a"]));
  const events = take(reader, 4);
  await chime.publish("a", "1");
  for (const text of ["2", "3", "4"]) chime.history.add("a", text);
  chime.history.forgotten = "3-0";
  await chime.hub.skip("4-0");
  await chime.publish("a", "5");
  assertEquals(await events, [
    { data: "1", id: "1-0" },
    status({ state: "lagged" }),
    { data: "4", id: "4-0" },
    { data: "5", id: "5-0" },
  ]);
});

Deno.test("Hub says how much is gone again after a skip, as far as it was counted since", async () => {
  using chime = setUp({ ...ALL, maxFrames: 2 });
  const sink = new FakeSink();
  chime.hub.open(["a"], NEW, sink);
  sink.ready();
  await skip(chime, ["a", "1"]);
  await delay(0);
  sink.ready();
  await delay(0);
  sink.written.length = 0;
  sink.isReady = false;
  for (let i = 2; i <= 9; i++) await chime.publish("a", `${i}`);
  chime.history.forgotten = "7-0";
  for (let i = 0; i < 3; i++) {
    sink.ready();
    await delay(0);
  }
  assertEquals(sink.written, [
    "data: 2\nid: 2-0\n\n",
    'event: status\ndata: {"state":"lagged","missed":5}\n\n',
    "data: 8\nid: 8-0\n\ndata: 9\nid: 9-0\n\n",
  ]);
});

Deno.test("Hub resets a stream where the history knows nothing of where the hub stood", async () => {
  using chime = setUp();
  const reader = new EventReader(chime.open(["a"]));
  const events = take(reader, 2);
  await delay(0);
  const { read } = chime.history;
  chime.history.read = () => Promise.resolve({ kind: "unknown" });
  await skip(chime, ["a", "1"]);
  await delay(0);
  chime.history.read = read;
  await chime.publish("a", "2");
  assertEquals(await events, [
    status({ state: "reset" }),
    { data: "2", id: "2-0" },
  ]);
});

Deno.test("Hub brings a stream that stood still everything from before, between and after several skips", async () => {
  using chime = setUp();
  const stream = chime.open(["a"]);
  await chime.publish("a", "1");
  await skip(chime, ["a", "2"]);
  await chime.publish("a", "3");
  await skip(chime, ["b", "4"], ["a", "5"]);
  await skip(chime);
  await chime.publish("a", "6");
  assertEquals(await data(new EventReader(stream), 5), [
    ...["1", "2", "3", "5", "6"],
  ]);
});

Deno.test("Hub replays to a stream that resumes what came before, in and after a skip", async () => {
  using chime = setUp();
  await using _stays = new EventReader(chime.open(["a"]));
  await chime.publish("a", "1");
  await chime.publish("a", "2");
  await skip(chime, ["a", "3"]);
  await chime.publish("a", "4");
  const reader = new EventReader(chime.open(["a"], after("1-0")));
  assertEquals(await data(reader, 4), [
    ...["2", "3", "4", '{"state":"resumed","replayed":3}'],
  ]);
});

Deno.test("Hub goes on with a stream that is resuming when the tail skips", async () => {
  using chime = setUp();
  await using _stays = new EventReader(chime.open(["a"]));
  const large = "x".repeat(40_000);
  for (let i = 0; i < 3; i++) await chime.publish("a", large);
  const reader = new EventReader(chime.open(["a"], after("0-0")));
  const [first] = await reader.take(1);
  await skip(chime, ["a", "4"], ["a", "5"]);
  const rest = await reader.take(5);
  assertEquals([first!, ...rest].map(({ id }) => id), [
    ...["1-0", "2-0", "3-0", "4-0", "5-0", "5-0"],
  ]);
  assertEquals(rest.at(-1)!.data, '{"state":"resumed","replayed":5}');
});

Deno.test("Hub serves an id from before a skip from the rings of channels that had nothing in it", async () => {
  using chime = setUp();
  const stays = new EventReader(chime.open(["a"]));
  await chime.publish("a", "1");
  await chime.publish("a", "2");
  await skip(chime, ["b", "3"]);
  chime.history.forgotten = "3-0";
  const reader = new EventReader(chime.open(["a"], after("1-0")));
  assertEquals(await take(reader, 2), [
    { data: "2", id: "2-0" },
    status({ state: "resumed", replayed: 1 }),
  ]);
  assertEquals(await data(stays, 2), ["1", "2"]);
  assertEquals(chime.history.reads, 0);
});
