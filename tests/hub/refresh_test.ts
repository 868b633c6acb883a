import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { type DeliverFrom, NEW } from "../../hub/deliver_from.ts";
import { Hub } from "../../hub/hub.ts";
import { STREAM_OPTIONS } from "../../hub/stream_options.ts";
import { UnavailableError } from "../../journal/history.ts";
import { ListHistory } from "../support/list_history.ts";
import { after } from "../support/open_stream.ts";
import { FakeSink } from "./fake_sink.ts";
import { ALL } from "./set_up.ts";

const HALF_MS = 32_000;

function live(id: string): string {
  return `event: status\ndata: {"state":"live"}\nid: ${id}\n\n`;
}

/** A hub over a history that keeps a minute, or 10 kB. */
function setUp(maxBytes = 10_000) {
  const time = new FakeTime(0);
  const history = new ListHistory();
  const hub = new Hub(history, {
    last: "0-0",
    ringLimits: ALL,
    retention: { maxEvents: 1, maxAgeMs: 2 * HALF_MS, maxBytes },
  });
  return {
    time,
    history,
    hub,
    /** Opens a stream, and forgets its beginning. */
    open(
      channels: readonly string[],
      from: DeliverFrom = NEW,
      hasStatus = true,
    ) {
      const sink = new FakeSink();
      hub.open(channels, from, sink, {
        ...STREAM_OPTIONS,
        hasStatus,
        heartbeatS: 60,
      });
      sink.ready();
      sink.written.length = 0;
      return sink;
    },
    publish(channel: string, data = "") {
      const event = history.add(channel, data);
      return hub.append([event], event.id);
    },
    [Symbol.dispose]() {
      hub[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("Hub says again where a silent stream is once its id has come into the older half of the time", async () => {
  using w = setUp(1_000_000);
  const silent = w.open(["a"]);
  const busy = w.open(["b"]);
  await w.time.tickAsync(1_000);
  for (let ms = 0; ms < HALF_MS - 2_000; ms += 1_000) {
    await w.publish("b");
    await w.time.tickAsync(1_000);
  }
  assertEquals(silent.written, []);
  await w.time.tickAsync(5_000);
  const { last } = w.history;
  assertEquals(silent.written, [live(last)]);
  assertEquals(busy.written.some((text) => /status/.test(text)), false);
  // The bytes are the same for all at that place, and count as a sign of life.
  assertEquals(w.hub.sent.statuses.live, 3);
});

Deno.test("Hub says again where a silent stream is once half of what is kept has come", async () => {
  using w = setUp();
  const silent = w.open(["a"]);
  await w.time.tickAsync(1_000);
  await w.publish("b", "x".repeat(4_000));
  await w.time.tickAsync(1_000);
  assertEquals(silent.written, []);
  await w.publish("b", "x".repeat(1_000));
  await w.time.tickAsync(1_000);
  assertEquals(silent.written, [live("2-0")]);
  // Not each time.
  await w.publish("b", "x".repeat(1_000));
  await w.time.tickAsync(1_000);
  assertEquals(silent.written.length, 1);
  // But again.
  await w.publish("b", "x".repeat(4_000));
  await w.time.tickAsync(1_000);
  await w.time.tickAsync(1_000);
  assertEquals(silent.written, [live("2-0"), live("4-0")]);
});

Deno.test("Hub says nothing again where nothing has come at all", async () => {
  using w = setUp();
  const silent = w.open(["a"]);
  await w.time.tickAsync(10 * HALF_MS);
  assertEquals(silent.written.some((text) => /status/.test(text)), false);
});

for (
  const [what, from] of [
    ["is resumed", after("1-0")],
    ["begins with the newest", { kind: "latest", count: 1 }],
    ["was reset", { kind: "unknown", afterReset: NEW }],
  ] as const
) {
  Deno.test(`Hub says again where a silent stream is that ${what}`, async () => {
    using w = setUp();
    await w.publish("a");
    const silent = w.open(["a"], from);
    await w.time.tickAsync(1_000);
    silent.ready();
    silent.written.length = 0;
    await w.publish("b", "x".repeat(6_000));
    await w.time.tickAsync(1_000);
    assertEquals(silent.written, [live("2-0")]);
  });
}

Deno.test("Hub says where it is to a stream that waits as the history is away only with what it waits for", async () => {
  using w = setUp();
  for (let i = 0; i < 3; i++) await w.publish("a");
  const { read } = w.history;
  w.history.read = () => Promise.reject(new UnavailableError("away"));
  const waits = w.open(["a"], after("1-0"));
  await w.publish("b", "x".repeat(6_000));
  await w.time.tickAsync(2_000);
  assertEquals(waits.written, []);
  w.history.read = read;
  await w.hub.append([], w.history.last);
  await w.time.tickAsync(100);
  waits.ready();
  await w.time.tickAsync(100);
  assertEquals(
    waits.written.join("").match(/^(?:id|data): .*$/gm),
    [
      ...["data: ", "id: 2-0", "data: ", "id: 3-0"],
      ...['data: {"state":"resumed","replayed":2}', "id: 4-0"],
    ],
  );
});

Deno.test("Hub says no newer place to a stream whose event is about to come", async () => {
  using w = setUp();
  const streams = Array.from({ length: 20 }, () => w.open(["a"]));
  await w.time.tickAsync(1_000);
  // The flush of so large an audience is paced: the second event waits.
  const large = "x".repeat(6_000);
  await w.publish("b", large);
  await w.publish("a", "1");
  await w.publish("a", "2");
  await w.time.tickAsync(2_000);
  for (const { written } of streams) {
    const ids = written.join("").match(/^id: .*$/gm);
    assertEquals(ids, ["id: 2-0", "id: 3-0"]);
  }
});

Deno.test("Hub says no newer place to a stream whose sink is not ready, nor where status events are left out", async () => {
  using w = setUp();
  const slow = w.open(["a"]);
  const raw = w.open(["a"], NEW, false);
  slow.isReady = false;
  await w.publish("a");
  slow.written.length = 0;
  raw.written.length = 0;
  await w.publish("b", "x".repeat(6_000));
  await w.time.tickAsync(3_000);
  assertEquals([slow.written, raw.written], [[], []]);
});

Deno.test("Hub says again where silent streams are after the tail has left something out", async () => {
  using w = setUp();
  const silent = w.open(["a"]);
  await w.time.tickAsync(1_000);
  w.history.add("b", "");
  await w.hub.skip(w.history.last);
  await w.time.tickAsync(1_000);
  assertEquals(silent.written, [live("1-0")]);
});

Deno.test("Hub says again where a silent stream is, though it was opened just before much came", async () => {
  using w = setUp();
  const silent = w.open(["a"]);
  await w.publish("b", "x".repeat(6_000));
  await w.time.tickAsync(1_000);
  assertEquals(silent.written, [live("1-0")]);
});

Deno.test("Hub does not take the places of another timeline for old ones, as its ids are lower", async () => {
  using w = setUp();
  const silent = w.open(["a"]);
  for (let i = 0; i < 3; i++) {
    await w.publish("b", "x".repeat(6_000));
    await w.time.tickAsync(1_000);
  }
  await w.hub.reset("0-5");
  silent.written.length = 0;
  const event = { channel: "b", data: "x".repeat(1_000) };
  await w.hub.append([{ ...event, id: "0-6" }], "0-6");
  await w.time.tickAsync(1_000);
  await w.hub.append([{ ...event, id: "0-7" }], "0-7");
  await w.time.tickAsync(1_000);
  assertEquals(silent.written, []);
});
