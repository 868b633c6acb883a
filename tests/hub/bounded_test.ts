import { assertEquals, assertLess } from "@std/assert";
import { delay } from "@std/async/delay";
import { FakeTime } from "@std/testing/time";
import { ByteCount } from "../../hub/byte_count.ts";
import { NEW } from "../../hub/deliver_from.ts";
import { Hub } from "../../hub/hub.ts";
import { Memory } from "../../hub/memory.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { EventReader } from "../support/event_reader.ts";
import { ListHistory } from "../support/list_history.ts";
import { after, openStream } from "../support/open_stream.ts";
import { FakeSink } from "./fake_sink.ts";
import { ALL, status, take } from "./set_up.ts";

const LARGE = "x".repeat(20_000);

/** A hub that may hold so many bytes. */
function setUp(maxBytes: number) {
  const history = new ListHistory();
  const count = new ByteCount(ByteCount.share(2), 0);
  const memory = new Memory({ maxBytes, count });
  const hub = new Hub(history, {
    last: "0-0",
    ringLimits: ALL,
    memory,
    saysLive: false,
  });
  return {
    history,
    memory,
    hub,
    /** Counts what another thread holds. */
    other: new ByteCount(count.buffer, 1),
    publish(channel: string, data = LARGE) {
      const event = history.add(channel, data);
      return hub.append([event], event.id);
    },
    /** A stream whose reader reads nothing after the first bytes. */
    stall(channels: readonly string[]) {
      const sink = new FakeSink();
      hub.open(channels, NEW, sink);
      sink.ready();
      sink.isReady = false;
      return sink;
    },
    [Symbol.dispose]() {
      hub[Symbol.dispose]();
    },
  };
}

Deno.test("Hub holds no more for readers of many channels than it may, and refills whoever fell out", async () => {
  using chime = setUp(200_000);
  const channels = Array.from({ length: 10 }, (_, i) => `c${i}`);
  const streams = channels.map((name) => openStream(chime.hub, [name]));
  for (let i = 1; i <= 10; i++) {
    for (const name of channels) {
      await chime.publish(name, `${i} ${LARGE}`);
      assertLess(chime.memory.bytes, 200_000);
    }
  }
  for (const stream of streams) {
    const events = await new EventReader(stream).take(10);
    assertEquals(events.map(({ data }) => parseInt(data!)), [
      ...[1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    ]);
  }
});

Deno.test("Hub says to whoever fell out, as there was no more memory, how much is gone", async () => {
  using chime = setUp(50_000);
  const stream = openStream(chime.hub, ["a"]);
  const other = chime.stall(["b"]);
  for (let i = 0; i < 4; i++) await chime.publish("a");
  chime.history.forgotten = "2-0";
  await chime.publish("b");
  await chime.publish("b");
  other.leave();
  const events = await take(new EventReader(stream), 2);
  assertEquals(events[0], status({ state: "lagged", missed: 2 }));
  assertEquals(events[1]!.id, "3-0");
});

for (
  const [what, channels] of [
    ["one channel", ["a"]],
    ["several channels", ["a", "b"]],
  ] as const
) {
  Deno.test(`Hub counts nothing once the readers of ${what} have left`, async () => {
    using chime = setUp(10_000_000);
    for (let i = 0; i < 3; i++) await chime.publish("a");
    const stalled = [0, 1, 2].map(() => chime.stall(channels));
    for (let i = 0; i < 3; i++) await chime.publish("a");
    const replayed = new EventReader(
      openStream(chime.hub, channels, after("1-0")),
    );
    await replayed.take(6);
    for (let i = 0; i < 3; i++) await chime.publish("b");
    assertLess(100_000, chime.memory.bytes);
    await replayed[Symbol.asyncDispose]();
    for (const sink of stalled) sink.leave();
    assertEquals(chime.memory.bytes, 0);
  });
}

Deno.test("Hub counts the copies that name their channel, and the chunks that several share", async () => {
  using chime = setUp(10_000_000);
  for (let i = 0; i < 2; i++) chime.stall(["a"]);
  await chime.publish("a", "");
  const single = chime.memory.bytes;
  await chime.publish("a");
  await chime.publish("a");
  const rings = chime.memory.bytes;
  assertLess(rings, 45_000);
  const named = new FakeSink();
  chime.hub.open(["a", "b"], after("0-0"), named);
  named.ready();
  named.isReady = false;
  await delay(0);
  assertLess(rings + 40_000, chime.memory.bytes);
  named.leave();
  assertEquals(single < 1_000, true);
});

Deno.test("Hub counts what a reader has not taken, until it has", async () => {
  using chime = setUp(10_000_000);
  const stalled = chime.stall(["a"]);
  await chime.publish("a", "");
  await chime.publish("a");
  stalled.ready();
  const before = chime.memory.bytes;
  for (let i = 0; i < 3; i++) await chime.publish("a", "");
  chime.hub.reset("9-0");
  await delay(0);
  assertEquals(before > 20_000, true);
  assertLess(20_000, chime.memory.bytes);
  stalled.ready();
  assertLess(chime.memory.bytes, 1_000);
});

Deno.test("Hub cuts the streams that have not taken their bytes for longest where these alone are too much, and goes on", async () => {
  using chime = setUp(100_000);
  using log = new CapturedLog();
  const stalled = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => chime.stall([`c${i}`]));
  const healthy = new EventReader(openStream(chime.hub, ["h"]));
  for (let i = 0; i < 8; i++) {
    await chime.publish(`c${i}`, "");
    await chime.publish(`c${i}`);
    stalled[i]!.ready();
    stalled[i]!.isReady = false;
    await chime.publish("h", `${i}`);
    assertEquals((await healthy.take(1))[0]!.data, `${i}`);
    assertLess(chime.memory.bytes, 125_000);
  }
  const cut = stalled.map(({ closed }) => closed.length > 0);
  assertEquals(cut.indexOf(false), cut.lastIndexOf(true) + 1);
  assertEquals(cut[0], true);
  assertEquals(cut[7], false);
  assertEquals(
    log.lines[0],
    "warn a stream was cut: --max-memory is used up, and its reader reads nothing",
  );
  assertEquals(chime.hub.faults.count, 0);
});

Deno.test("Hub sends an event that is larger than what it may hold", async () => {
  using chime = setUp(10_000);
  const readers = [0, 1, 2].map(() =>
    new EventReader(openStream(chime.hub, ["a"]))
  );
  for (const size of [20_000, 30_000]) {
    const events = readers.map((reader) => reader.take(1));
    await chime.publish("a", "x".repeat(size));
    for (const event of events) {
      assertEquals((await event)[0]!.data!.length, size);
    }
  }
});

Deno.test("Hub lets go within a second of what is too much as another thread holds more", async () => {
  using time = new FakeTime();
  using chime = setUp(100_000);
  chime.stall(["a"]);
  for (let i = 0; i < 4; i++) await chime.publish("a");
  chime.other.add(50_000);
  assertLess(100_000, chime.memory.bytes);
  await time.tickAsync(1_000);
  assertLess(chime.memory.bytes, 100_000);
});

Deno.test("Hub lets go within two seconds of what it has replayed", async () => {
  using time = new FakeTime();
  using chime = setUp(1_000_000);
  for (let i = 0; i < 3; i++) await chime.publish("a");
  chime.stall(["b"]);
  await using reader = new EventReader(
    openStream(chime.hub, ["a"], after("0-0")),
  );
  const events = reader.take(4);
  await time.tickAsync(100);
  await events;
  assertLess(60_000, chime.memory.bytes);
  await time.tickAsync(2_000);
  assertEquals(chime.memory.bytes, 0);
});

Deno.test("Hub encodes a large batch in parts, and stands after each part while that is sent", async () => {
  using chime = setUp(100_000_000);
  const { hub, history } = chime;
  const sink = new FakeSink();
  hub.open(["a"], NEW, sink);
  const positions: string[] = [];
  sink.onWrite = () => positions.push(hub.position.id);
  sink.ready();
  positions.length = 0;
  for (let i = 0; i < 3; i++) history.add("a", "x".repeat(600_000));
  const sent = hub.append(history.records, history.last);
  await Promise.all([
    sent,
    (async () => {
      for (let i = 0; i < 20; i++) {
        await delay(0);
        if (sink.isAsked) sink.ready();
      }
    })(),
  ]);
  assertEquals(sink.written.length, 3);
  assertEquals([positions[0], hub.position.id], ["1-0", "3-0"]);
});

Deno.test("Hub asks after large bytes, though a sink that stays ready took them, and counts them until then", async () => {
  using chime = setUp(1_000_000);
  const sink = new FakeSink();
  chime.hub.open(["a"], NEW, sink);
  sink.ready();
  await chime.publish("a", "");
  assertEquals(sink.isAsked, false);
  await chime.publish("a");
  assertEquals(sink.isAsked, true);
  await chime.hub.reset("9-0");
  assertLess(20_000, chime.memory.bytes);
  sink.ready();
  assertLess(chime.memory.bytes, 1_000);
});
