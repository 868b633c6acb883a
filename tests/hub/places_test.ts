import { nothingSent } from "../../hub/counts.ts";
import { assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { type EventId, placeBefore } from "../../events/event_id.ts";
import { Hub } from "../../hub/hub.ts";
import type { DeliverFrom } from "../../hub/deliver_from.ts";
import { STREAM_OPTIONS } from "../../hub/stream_options.ts";
import { type ReadAnswer, UnavailableError } from "../../journal/history.ts";
import { EventReader } from "../support/event_reader.ts";
import { ListHistory } from "../support/list_history.ts";
import { after, openStream } from "../support/open_stream.ts";
import { FakeSink } from "./fake_sink.ts";
import { ALL, status, takeAll } from "./set_up.ts";

const LIVE = status({ state: "live" });
const RESET = status({ state: "reset" });
const LATEST = { kind: "latest", count: 1 } as const;

/** A hub that says where fresh streams begin, and a way to publish. */
function setUp(ringLimits = ALL) {
  const history = new ListHistory();
  const hub = new Hub(history, { last: "0-0", ringLimits });
  return {
    history,
    hub,
    open: (channels: readonly string[], from?: DeliverFrom) =>
      new EventReader(openStream(hub, channels, from), { hasLive: true }),
    publish(channel: string, data = "") {
      const event = history.add(channel, data);
      return hub.append([event], event.id);
    },
    [Symbol.dispose]() {
      hub[Symbol.dispose]();
    },
  };
}

Deno.test("Hub says where a fresh stream begins, at once and in one write with retry", async () => {
  using chime = setUp();
  await chime.publish("b");
  const reader = openStream(chime.hub, ["a"]).getReader();
  const { value } = await reader.read();
  assertMatch(
    new TextDecoder().decode(value),
    /^retry:\d{4}\nevent: status\ndata: {"state":"live"}\nid: 1-0\n\n$/,
  );
  await reader.cancel();
});

Deno.test("Hub says where a fresh stream was opened, though there is more by the time that it is read", async () => {
  using chime = setUp();
  await chime.publish("a", "before");
  const stream = openStream(chime.hub, ["a"]);
  await chime.publish("a", "1");
  await chime.publish("b", "");
  const reader = new EventReader(stream, { hasLive: true });
  assertEquals(await takeAll(reader, 2), [
    { ...LIVE, id: "1-0" },
    { data: "1", id: "2-0" },
  ]);
});

Deno.test("Hub says where a fresh stream begins as soon as it knows, and begins with retry before", async () => {
  const history = new ListHistory();
  for (const data of ["1", "2", "3"]) history.add("a", data);
  using hub = new Hub(history);
  const reader = openStream(hub, ["a"]).getReader();
  const decoder = new TextDecoder();
  assertMatch(decoder.decode((await reader.read()).value), /^retry:\d{4}\n$/);
  const next = reader.read();
  await hub.begin("3-0");
  assertEquals(
    decoder.decode((await next).value),
    'event: status\ndata: {"state":"live"}\nid: 3-0\n\n',
  );
  await reader.cancel();
});

Deno.test("Hub says that a stream is live after the newest events, with the place up to which it looked", async () => {
  using chime = setUp();
  for (const name of ["a", "a", "b", "c"]) await chime.publish(name);
  const reader = chime.open(["a", "b"], LATEST);
  assertEquals(await takeAll(reader, 3), [
    { event: "a", data: "", id: "2-0" },
    { event: "b", data: "", id: "3-0" },
    { ...LIVE, id: "4-0" },
  ]);
  assertEquals(await takeAll(chime.open(["x"], LATEST), 1), [
    { ...LIVE, id: "4-0" },
  ]);
});

Deno.test("Hub says with resumed where the hub stands, be it after other channels' events", async () => {
  using chime = setUp();
  for (const name of ["a", "a", "b"]) await chime.publish(name);
  const replayed = chime.open(["a"], after("1-0"));
  assertEquals((await takeAll(replayed, 2))[1], {
    ...status({ state: "resumed", replayed: 1 }),
    id: "3-0",
  });
  for (const from of [after("2-0"), { kind: "since", ms: 3 }] as const) {
    assertEquals(await takeAll(chime.open(["a"], from), 1), [
      { ...status({ state: "resumed", replayed: 0 }), id: "3-0" },
    ]);
  }
});

Deno.test("Hub says resumed with the client's own id where that is ahead, and goes on after it", async () => {
  using chime = setUp();
  await chime.publish("a", "1");
  const ahead = ["2", "3"].map((data) => chime.history.add("a", data));
  const reader = chime.open(["a"], after("2-0"));
  assertEquals(await takeAll(reader, 1), [
    { ...status({ state: "resumed", replayed: 0 }), id: "2-0" },
  ]);
  await chime.hub.append(ahead, "3-0");
  assertEquals(await takeAll(reader, 1), [{ data: "3", id: "3-0" }]);
});

Deno.test("Hub says with reset where the stream goes on", async () => {
  using chime = setUp();
  for (const data of ["1", "2", "3"]) await chime.publish("a", data);
  chime.history.forgotten = "2-0";
  const reader = chime.open(["a"], after("1-0"));
  assertEquals(await takeAll(reader, 1), [{ ...RESET, id: "3-0" }]);
  const next = takeAll(reader, 2);
  await chime.hub.reset("0-5");
  await chime.hub.append([{ channel: "a", data: "new", id: "0-6" }], "0-6");
  assertEquals(await next, [
    { ...RESET, id: "0-5" },
    { data: "new", id: "0-6" },
  ]);
});

for (
  const [what, from] of [
    ["the newest events", after("1-0", LATEST)],
    ["everything that is kept", { kind: "since", ms: 0 }],
  ] as const
) {
  Deno.test(`Hub says with reset the place before ${what}, where these follow, and then where it is live`, async () => {
    using chime = setUp();
    for (const name of ["a", "a", "a", "b"]) await chime.publish(name);
    chime.history.forgotten = "2-0";
    const reader = chime.open(["a"], from);
    const place = placeBefore("3-0");
    assertEquals(await takeAll(reader, 3), [
      { ...RESET, id: place },
      { data: "", id: "3-0" },
      { ...LIVE, id: "4-0" },
    ]);
    // Who is cut in between still gets them.
    const again = chime.open(["a"], after(place));
    assertEquals(await takeAll(again, 2), [
      { data: "", id: "3-0" },
      { ...status({ state: "resumed", replayed: 1 }), id: "4-0" },
    ]);
    // Where there are none, reset says it all.
    const none = chime.open(["x"], from);
    assertEquals(await takeAll(none, 1), [{ ...RESET, id: "4-0" }]);
    const next = takeAll(none, 1);
    await chime.publish("x");
    assertEquals(await next, [{ data: "", id: "5-0" }]);
  });
}

Deno.test("Hub gives a reset's place the epoch of what follows", async () => {
  using chime = setUp();
  const note = chime.history.beginEpoch("aaaaaa");
  await chime.hub.append([note], note.id);
  await chime.publish("a", "1");
  const reader = chime.open(["a"], { kind: "unknown", afterReset: LATEST });
  const [{ id } = {}] = await takeAll(reader, 1);
  assertEquals(id, `${placeBefore("2-0")}.aaaaaa`);
  const again = chime.open(["a"], after(id as EventId));
  assertEquals((await takeAll(again, 1))[0]!.data, "1");
});

Deno.test("Hub brings what is kept after a reset, though the timeline ended before that was said", async () => {
  using chime = setUp();
  for (let i = 1; i <= 3; i++) await chime.publish("a", `${i}`);
  const { history } = chime;
  history.forgotten = "1-0";
  const { read } = history;
  const { promise, resolve } = Promise.withResolvers<ReadAnswer>();
  history.read = (query, limits) =>
    query.from.kind === "since" ? read.call(history, query, limits) : promise;
  const reader = chime.open(["a"], { kind: "since", ms: 0 });
  const events = takeAll(reader, 3);
  await delay(0);
  history.read = read;
  await chime.hub.reset("3-0");
  resolve({ kind: "unknown" });
  assertEquals(await events, [
    { ...RESET, id: placeBefore("2-0") },
    { data: "2", id: "2-0" },
    { data: "3", id: "3-0" },
  ]);
});

Deno.test("Hub says reset twice where what is kept cannot be read, and goes on with what comes", async () => {
  using chime = setUp();
  for (let i = 1; i <= 3; i++) await chime.publish("a", `${i}`);
  chime.history.read = () => Promise.resolve({ kind: "unknown" });
  const reader = chime.open(["a"], { kind: "since", ms: 0 });
  assertEquals(await takeAll(reader, 2), [
    { ...RESET, id: "3-0" },
    { ...RESET, id: "3-0" },
  ]);
  await chime.publish("a", "4");
  assertEquals(await takeAll(reader, 1), [{ data: "4", id: "4-0" }]);
});

Deno.test("Hub says reset only once the history can be read where events follow it", async () => {
  using chime = setUp();
  for (const data of ["1", "2"]) await chime.publish("a", data);
  const { latest } = chime.history;
  chime.history.latest = () => Promise.reject(new UnavailableError("away"));
  const sink = new FakeSink();
  chime.hub.open(
    ["a"],
    { kind: "unknown", afterReset: LATEST },
    sink,
  );
  sink.ready();
  await delay(0);
  assertEquals(sink.written, []);
  chime.history.latest = latest;
  await chime.hub.append([], "2-0");
  await delay(0);
  assertMatch(sink.written[0]!, /"reset"/);
});

Deno.test("Hub says lagged, draining and overloaded without a place", async () => {
  using chime = setUp({ maxFrames: 1, maxBytes: 1_000_000 });
  const sink = new FakeSink();
  chime.hub.open(["a"], { kind: "new" }, sink);
  sink.ready();
  sink.isReady = false;
  for (const data of ["1", "2", "3", "4"]) await chime.publish("a", data);
  chime.history.forgotten = "3-0";
  sink.ready();
  await delay(0);
  chime.hub.closeAll({ state: "draining" });
  const statuses = sink.written.filter((text) => /status/.test(text));
  assertEquals(statuses, [
    'event: status\ndata: {"state":"live"}\nid: 0-0\n\n',
    'event: status\ndata: {"state":"lagged","missed":2}\n\n',
    'event: status\ndata: {"state":"draining"}\n\n',
  ]);
});

Deno.test("Hub repeats the id that a client came with in a status before the stream's first id, and not after it", async () => {
  using chime = setUp();
  const { history } = chime;
  const { read } = history;
  const options = { ...STREAM_OPTIONS, lastEventId: "1-0" };
  await chime.publish("a", "1");
  await chime.hub.append([], "5-0");
  history.read = () => Promise.reject(new UnavailableError("away"));
  const [away, back] = [new FakeSink(), new FakeSink()];
  const opened = chime.hub.open(["b"], after("1-0"), away, options);
  away.ready();
  await delay(0);
  opened.close({ state: "expired" });
  assertMatch(
    away.written.at(-1)!,
    /event: status\ndata: {"state":"expired"}\nid: 1-0\n\n$/,
  );
  history.read = read;
  chime.hub.open(["b"], after("1-0"), back, options);
  back.ready();
  await delay(0);
  await chime.publish("b", "2");
  chime.hub.closeAll({ state: "draining" });
  assertMatch(back.written.at(-1)!, /"draining"}\n\n$/);
});

Deno.test("Hub shares the bytes that say where streams of one place are live", () => {
  using chime = setUp();
  const { statusFrames } = chime.hub;
  const live = { state: "live" } as const;
  const frame = statusFrames.encode(live, "1-0");
  assertEquals(statusFrames.encode(live, "1-0") === frame, true);
  const other = statusFrames.encode(live, "2-0");
  assertMatch(new TextDecoder().decode(other), /^id: 2-0$/m);
  const lagged = statusFrames.encode({ state: "lagged" }, undefined);
  assertEquals(/id:/.test(new TextDecoder().decode(lagged)), false);
});

Deno.test("Subscriber that is live at once asks nothing more of a sink that is ready", () => {
  using chime = setUp();
  const sink = new FakeSink();
  chime.hub.open(["a"], { kind: "new" }, sink);
  sink.ready();
  assertEquals(sink.written.length, 1);
  assertEquals(sink.isAsked, false);
});

for (
  const from of [{ kind: "new" }, LATEST, after("1-0"), after("9-0")] as const
) {
  Deno.test(`Hub leaves status events out where nobody wants them, and counts none: ${JSON.stringify(from)}`, async () => {
    using chime = setUp({ maxFrames: 1, maxBytes: 1_000_000 });
    for (const data of ["1", "2"]) await chime.publish("a", data);
    const sink = new FakeSink();
    const options = { ...STREAM_OPTIONS, hasStatus: false };
    chime.hub.open(["a"], from, sink, options);
    const settle = async () => {
      for (let i = 0; i < 4; i++) {
        if (sink.isAsked) sink.ready();
        await delay(0);
      }
    };
    sink.ready();
    await settle();
    for (const data of ["3", "4"]) await chime.publish("a", data);
    sink.isReady = false;
    for (const data of ["5", "6", "7", "8"]) await chime.publish("a", data);
    chime.history.forgotten = "7-0";
    sink.isReady = true;
    await settle();
    await chime.hub.reset("0-5");
    await settle();
    await chime.hub.append([{ channel: "a", data: "new", id: "0-6" }], "0-6");
    chime.hub.closeAll({ state: "draining" });
    const text = sink.written.join("");
    assertEquals(/status/.test(text), false, text);
    assertMatch(text, /data: 3\n[^]*data: 8\n[^]*data: new\n/);
    assertEquals(chime.hub.sent.statuses, nothingSent().statuses);
    assertEquals(sink.closed, ["ended"]);
  });
}
