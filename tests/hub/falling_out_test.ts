import { assertEquals, assertLess, assertMatch } from "@std/assert";
import { UnreadableError } from "../../journal/history.ts";
import { EventReader } from "../support/event_reader.ts";
import { after } from "../support/open_stream.ts";
import { within } from "../support/within.ts";
import { setUp, status, take } from "./set_up.ts";

Deno.test("Hub refills a subscriber that fell out of the ring, without a word", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.open(["a"]);
  for (let i = 1; i <= 9; i++) await chime.publish("a", `${i}`);
  const events = await take(new EventReader(stream), 9);
  assertEquals(
    events.map(({ data }) => data),
    ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
  );
});

Deno.test("Hub says to a subscriber that fell out how much it lost, and then gives it what is still held", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.open(["a"]);
  for (let i = 1; i <= 9; i++) await chime.publish("a", `${i}`);
  chime.history.forgotten = "5-0";
  assertEquals(await take(new EventReader(stream), 5), [
    status({ state: "lagged", missed: 5 }),
    { data: "6", id: "6-0" },
    { data: "7", id: "7-0" },
    { data: "8", id: "8-0" },
    { data: "9", id: "9-0" },
  ]);
});

Deno.test("Hub goes on from the ring where that holds more than the history, and says how much was lost", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.open(["a"]);
  for (let i = 1; i <= 9; i++) await chime.publish("a", `${i}`);
  chime.history.forgotten = "8-0";
  assertEquals(await take(new EventReader(stream), 3), [
    status({ state: "lagged", missed: 7 }),
    { data: "8", id: "8-0" },
    { data: "9", id: "9-0" },
  ]);
});

Deno.test("Hub says nothing to a subscriber that fell out where only other channels lost events", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.open(["a"]);
  await chime.publish("b", "1");
  for (let i = 2; i <= 9; i++) await chime.publish("a", `${i}`);
  chime.history.forgotten = "1-0";
  await chime.publish("a", "10");
  const events = await take(new EventReader(stream), 9);
  assertEquals(events.map(({ data }) => Number(data)), [
    ...[2, 3, 4, 5, 6, 7, 8, 9, 10],
  ]);
});

Deno.test("Hub says to a subscriber that fell out what was let go after it was counted", async () => {
  using chime = setUp({ maxFrames: 1, maxBytes: 1_000 });
  const { history } = chime;
  const stream = chime.open(["a", "b"]);
  for (const channel of "aaabbbba") await chime.publish(channel, channel);
  history.floors.set("b", "4-0");
  const { read } = history;
  history.read = (...args) => {
    // The first reading finds the floor, the second one counts.
    if (history.reads === 2) history.floors.set("a", "1-0");
    return read.apply(history, args);
  };
  const events = await take(new EventReader(stream), 8);
  assertEquals(events.map(({ id, data }) => id ?? data), [
    '{"state":"lagged","missed":1}',
    ...["2-0", "3-0", "5-0", "6-0", "7-0", "8-0"],
    '{"state":"lagged","missed":1}',
  ]);
});

Deno.test("Hub says to a reader slower than the publishers how much it lost, though the history goes on losing it", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.open(["a"]);
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

Deno.test("Hub says how much is lost across channels where the gap is, between what could be refilled before and after it", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const reader = chime.open(["a", "b"]);
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
  assertEquals(events[32], status({ state: "lagged", missed: 1 }));
  assertEquals(
    events.slice(33).map(({ data }) => Number(data)),
    Array.from({ length: 1_967 }, (_, i) => i + 34),
  );
});

Deno.test("Hub resets a subscriber that fell out where the history cannot be read, and goes on from the oldest held", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.open(["a"]);
  for (let i = 1; i <= 100; i++) await chime.publish("a", `${i}`);
  const { read } = chime.history;
  chime.history.read = (query, limits) =>
    query.from.kind === "after" && query.from.id === "0-0"
      ? read.call(chime.history, query, limits)
      : Promise.reject(new UnreadableError("damaged"));
  const events = await take(new EventReader(stream), 35);
  assertEquals(events[31], { data: "32", id: "32-0" });
  assertEquals(events.slice(32), [
    status({ state: "reset" }),
    { data: "99", id: "99-0" },
    { data: "100", id: "100-0" },
  ]);
});

Deno.test("Hub counts what a subscriber lost anew each time, whatever it had replayed before", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  for (const data of ["1", "2", "3"]) await chime.publish("a", data);
  const reader = chime.open(["a"], after("0-0")).getReader();
  const decoder = new TextDecoder();
  const read = async () => decoder.decode((await reader.read()).value);
  let text = "";
  while (!text.includes("resumed")) text += await read();
  for (const missed of [5, 7]) {
    const before = chime.history.events.length;
    for (let i = 0; i < missed + 3; i++) await chime.publish("a", "");
    chime.history.forgotten = chime.history.last;
    // It was written at once, as the sink was ready.
    assertMatch(await read(), new RegExp(`id: ${before + 1}-0`));
    assertEquals(
      await read(),
      `event: status\ndata: {"state":"lagged","missed":${missed}}\n\n`,
    );
    assertMatch(await read(), new RegExp(`id: ${before + missed + 2}-0`));
  }
  await reader.cancel();
});

Deno.test("Hub counts nothing twice where the history loses more between saying how much is lost and reading on", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.open(["a"]);
  for (let i = 1; i <= 9; i++) await chime.publish("a", `${i}`);
  chime.history.forgotten = "3-0";
  const { read } = chime.history;
  chime.history.read = (...args) => {
    // The first reading finds the gap, the second counts what follows it, and the third would bring that.
    if (chime.history.reads === 2) chime.history.forgotten = "6-0";
    return read.apply(chime.history, args);
  };
  assertEquals(await take(new EventReader(stream), 5), [
    status({ state: "lagged", missed: 3 }),
    status({ state: "lagged", missed: 3 }),
    { data: "7", id: "7-0" },
    { data: "8", id: "8-0" },
    { data: "9", id: "9-0" },
  ]);
});

Deno.test("Hub goes on where the rings of all channels hold everything, if one of them lost more than the others", async () => {
  using chime = setUp({ maxFrames: 2, maxBytes: 1_000 });
  const stream = chime.open(["a", "b"]);
  await chime.publish("b", "1");
  for (let i = 2; i <= 6; i++) await chime.publish("a", `${i}`);
  chime.history.forgotten = "6-0";
  const { read } = chime.history;
  chime.history.read = (...args) => {
    assertLess(chime.history.reads, 100);
    return read.apply(chime.history, args);
  };
  assertEquals(await take(new EventReader(stream), 3), [
    status({ state: "lagged", missed: 4 }),
    { event: "a", data: "5", id: "5-0" },
    { event: "a", data: "6", id: "6-0" },
  ]);
});
