import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { FakeTime } from "@std/testing/time";
import { type DeliverFrom, NEW } from "../../hub/deliver_from.ts";
import type { ReadAnswer } from "../../journal/history.ts";
import { after } from "../support/open_stream.ts";
import { FakeSink } from "./fake_sink.ts";
import { idsOf, setUp } from "./set_up.ts";
import { CapturedLog } from "../support/captured_log.ts";

/** A hub with an open stream of the channel `a`. */
function setUpSink(from: DeliverFrom = NEW) {
  const chime = setUp();
  const sink = new FakeSink();
  chime.hub.open(["a"], from, sink);
  return { ...chime, sink };
}

function ids(written: readonly string[]): string[][] {
  return written.map(idsOf);
}

/** Has answers of the history come. */
function settle(): Promise<void> {
  return delay(0);
}

Deno.test("Subscriber writes nothing before its sink is ready", async () => {
  using chime = setUpSink();
  await chime.publish("a", "1");
  assertEquals(chime.sink.written, []);
  chime.sink.ready();
  assertEquals(ids(chime.sink.written), [["1-0"]]);
});

Deno.test("Subscriber writes each event at once while its sink stays ready, without asking", async () => {
  using chime = setUpSink();
  chime.sink.ready();
  for (const data of ["1", "2", "3"]) await chime.publish("a", data);
  assertEquals(ids(chime.sink.written), [["1-0"], ["2-0"], ["3-0"]]);
  assertEquals(chime.sink.isAsked, false);
});

Deno.test("Subscriber writes nothing to a sink that is not ready, then everything at once", async () => {
  using chime = setUpSink();
  const { sink } = chime;
  sink.ready();
  sink.isReady = false;
  for (let i = 0; i < 100; i++) await chime.publish("a", "");
  assertEquals(ids(sink.written), [["1-0"]]);
  assertEquals(sink.isAsked, true);
  sink.ready();
  assertEquals(ids(sink.written)[1]!.length, 99);
});

Deno.test("Subscriber writes what is replayed a part at a time, each when its sink is ready", async () => {
  using chime = setUpSink(after("0-0"));
  const { sink } = chime;
  const part = "x".repeat(40_000);
  for (let i = 0; i < 3; i++) await chime.publish("a", part);
  sink.ready();
  await settle();
  assertEquals(ids(sink.written), [["1-0"]]);
  assertEquals(sink.isAsked, true);
  sink.ready();
  await settle();
  assertEquals(ids(sink.written), [["1-0"], ["2-0"]]);
});

Deno.test("Subscriber that is parked asks for more where one write does not hold everything", async () => {
  using chime = setUpSink();
  const { hub, history, sink } = chime;
  sink.ready();
  const events = ["1", "2"].map(() => history.add("a", "x".repeat(40_000)));
  await hub.append(events, history.last);
  assertEquals(ids(sink.written), [["1-0"]]);
  assertEquals(sink.isAsked, true);
  sink.ready();
  assertEquals(ids(sink.written), [["1-0"], ["2-0"]]);
});

for (
  const [what, from] of [
    ["resumes", after("0-0")],
    ["asks for the newest", { kind: "latest", count: 1 }],
    ["asks for all", { kind: "earliest", afterReset: NEW }],
  ] as const
) {
  Deno.test(`Subscriber that ${what} asks nothing of the history while its sink is not ready`, async () => {
    using chime = setUp({ maxFrames: 1, maxBytes: 1_000 });
    for (const data of ["1", "2"]) await chime.publish("a", data);
    const sink = new FakeSink();
    chime.hub.open(["a"], from, sink);
    for (const data of ["3", "4"]) await chime.publish("a", data);
    await settle();
    assertEquals(chime.history.reads, 0);
    sink.ready();
    await settle();
    assertEquals(chime.history.reads > 0, true);
  });
}

Deno.test("Subscriber asks for no more when a write finds that the reader has left", async () => {
  using chime = setUpSink();
  const { sink } = chime;
  sink.ready();
  sink.isReady = false;
  sink.onWrite = () => sink.leave();
  await chime.publish("a", "1");
  assertEquals(sink.isAsked, false);
  assertEquals(chime.hub.subscriberCount, 0);
  await chime.publish("a", "2");
  chime.hub.closeAll({ state: "draining" });
  assertEquals(ids(sink.written), [["1-0"]]);
  assertEquals(sink.closed, []);
});

Deno.test("Subscriber ends its sink with the status, though that is not ready", () => {
  using chime = setUpSink();
  const { sink } = chime;
  sink.isReady = false;
  chime.hub.closeAll({ state: "draining" });
  assertEquals(sink.written, [
    'event: status\ndata: {"state":"draining"}\n\n',
  ]);
  assertEquals(sink.closed, ["ended"]);
  assertEquals(chime.hub.subscriberCount, 0);
});

Deno.test("Subscriber aborts a sink that fails", async () => {
  using chime = setUpSink();
  const { sink } = chime;
  using _log = new CapturedLog();
  const error = new Error("no memory");
  sink.ready();
  sink.onWrite = () => {
    throw error;
  };
  await chime.publish("a", "1");
  assertEquals(sink.closed, [error]);
  assertEquals(chime.hub.subscriberCount, 0);
});

Deno.test("Subscriber writes nothing after its reader has left, whatever comes then", async () => {
  using time = new FakeTime();
  using chime = setUp();
  await chime.publish("a", "1");
  const { promise, resolve } = Promise.withResolvers<ReadAnswer>();
  chime.history.read = () => promise;
  const sink = new FakeSink();
  chime.hub.open(["a"], after("0-0"), sink);
  chime.hub.open(["a"], NEW, new FakeSink());
  sink.ready();
  sink.leave();
  sink.ready();
  resolve({
    kind: "found",
    records: [...chime.history.events],
    isComplete: true,
  });
  await time.tickAsync(0);
  const live = new FakeSink();
  chime.hub.open(["a"], NEW, live);
  await chime.publish("a", "2");
  live.leave();
  live.ready();
  await time.tickAsync(15_000);
  assertEquals([sink.written, live.written], [[], []]);
});

Deno.test("Subscriber that finds nothing when it is woken is parked once, and not at all when its reader has left", async () => {
  using time = new FakeTime();
  using chime = setUpSink();
  const { hub, sink } = chime;
  // An audience so large that its flushes are paced.
  for (let i = 0; i < 8; i++) {
    const other = new FakeSink();
    hub.open(["a"], NEW, other);
    other.ready();
  }
  sink.ready();
  await chime.publish("a", "1");
  sink.isReady = false;
  await time.tickAsync(100);
  await chime.publish("a", "2");
  await chime.publish("a", "3");
  sink.ready();
  sink.ready();
  assertEquals(ids(sink.written), [["1-0"], ["2-0"], ["3-0"]]);
  // The flush for 3-0 comes now.
  await time.tickAsync(100);
  sink.leave();
  await time.tickAsync(15_000);
  assertEquals(sink.written.length, 3);
});

Deno.test("Subscriber writes only bytes that say something, where its channels had nothing meanwhile", async () => {
  using chime = setUp();
  for (const name of ["a", "b", "b"]) await chime.publish(name, "");
  const sizes: number[] = [];
  const sink = new FakeSink();
  const { write } = sink;
  sink.write = (bytes) => {
    sizes.push(bytes.length);
    write.call(sink, bytes);
  };
  chime.hub.open(["a"], after("1-0"), sink);
  for (let i = 0; i < 3; i++) {
    sink.ready();
    await settle();
  }
  assertEquals(sizes.filter((size) => size === 0), []);
});
