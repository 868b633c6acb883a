import { assert, assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { ClockStream } from "../islands/clock_stream.ts";
import { type ClockView, loadedView } from "../islands/clock_view.ts";
import { FakeSource } from "./fake_source.ts";

const START_MS = Date.parse("2026-11-22T04:30:20.000Z");

interface World extends Disposable {
  stream: ClockStream;
  time: FakeTime;
  view: () => ClockView;
}

/** A stream of a page that was loaded at 04:30:20, on a server whose clock is `aheadMs` ahead of the browser's. */
function world(aheadMs: number | "silent" = 0): World {
  const time = new FakeTime(START_MS);
  const source = FakeSource.install();
  const healthz = stub(globalThis, "fetch", () =>
    Promise.resolve(
      aheadMs === "silent"
        ? new Response("Not Found", { status: 404 })
        : Response.json({ now: Date.now() + aheadMs }),
    ));
  const stream = new ClockStream(
    loadedView("UTC", "2026-11-22 04:30:20", START_MS),
    () => {},
  );
  return {
    stream,
    time,
    view: () => stream.view,
    [Symbol.dispose]() {
      stream.close();
      healthz.restore();
      source[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("ClockStream shows each tick, its id and how many there were", () => {
  using w = world();
  w.stream.open();
  assertEquals(w.view().connection, "connecting");
  assertEquals(FakeSource.last.url, "/sse/?tz=UTC");
  FakeSource.last.open();
  FakeSource.last.tick(START_MS);
  FakeSource.last.tick(START_MS + 1_000);
  assertEquals(w.view().connection, "live");
  assertEquals(w.view().time, "2026-11-22 04:30:21");
  assertEquals(w.view().lastId, `${START_MS + 1_000}-0`);
  assertEquals(w.view().events, 2);
});

Deno.test("ClockStream measures lateness by the server's clock, from the first tick due after it opened", async () => {
  const aheadMs = 3_600_000;
  using w = world(aheadMs);
  w.stream.open();
  await w.time.tickAsync(400);
  FakeSource.last.open();
  FakeSource.last.tick(START_MS + aheadMs);
  await w.time.tickAsync(607);
  FakeSource.last.tick(START_MS + aheadMs + 1_000);
  const late = w.view().ticks.map(({ lateMs }) => lateMs);
  assertEquals(late, [undefined, 7.5]);
  assertEquals(w.view().clock?.errorMs, 0.5);
});

Deno.test("ClockStream measures by the browser's clock where the server's cannot be read", async () => {
  using w = world("silent");
  w.stream.open();
  FakeSource.last.open();
  FakeSource.last.tick(START_MS);
  await w.time.tickAsync(1_009);
  FakeSource.last.tick(START_MS + 1_000);
  assertEquals(w.view().ticks.at(-1)?.lateMs, 9);
  assertEquals(w.view().clock?.errorMs, undefined);
});

Deno.test("ClockStream reopens behind the last id and does not take what comes back for late", async () => {
  using w = world();
  w.stream.open();
  FakeSource.last.open();
  FakeSource.last.tick(START_MS);
  await w.time.tickAsync(300);
  w.stream.pause();
  assertEquals(w.view().connection, "paused");
  assertEquals(FakeSource.last.readyState, FakeSource.last.CLOSED);
  await w.time.tickAsync(2_000);
  w.stream.open();
  assertEquals(FakeSource.last.url, `/sse/?tz=UTC&lastEventId=${START_MS}-0`);
  FakeSource.last.open();
  FakeSource.last.tick(START_MS + 1_000);
  // By now the server's clock is known, and still this one is not late.
  await w.time.runMicrotasks();
  FakeSource.last.tick(START_MS + 2_000);
  FakeSource.last.status({ state: "resumed", replayed: 2 });
  await w.time.tickAsync(701);
  FakeSource.last.tick(START_MS + 3_000);
  assertEquals(w.view().connection, "live");
  assertEquals(w.view().note, "2 missed ticks came back");
  assertEquals(w.view().events, 4);
  const late = w.view().ticks.map(({ lateMs }) => lateMs);
  assertEquals(late, [undefined, undefined, undefined, 1.5]);
});

Deno.test("ClockStream keeps the last minute's ticks only", () => {
  using w = world();
  w.stream.open();
  FakeSource.last.open();
  for (let i = 0; i < 3_600; i++) FakeSource.last.tick(START_MS + i * 1_000);
  assertEquals(w.view().ticks.length, 60);
  assertEquals(w.view().ticks[0]?.ms, START_MS + 3_540_000);
});

Deno.test("ClockStream changes the zone at once and goes on from the same tick", () => {
  using w = world();
  w.stream.open();
  FakeSource.last.tick(START_MS);
  w.stream.chooseZone("Asia/Tokyo");
  assertEquals(w.view().time, "2026-11-22 13:30:20");
  assertEquals(FakeSource.all.length, 2);
  assertEquals(
    FakeSource.last.url,
    `/sse/?tz=Asia/Tokyo&lastEventId=${START_MS}-0`,
  );
  w.stream.pause();
  w.stream.chooseZone("Europe/Paris");
  assertEquals(w.view().time, "2026-11-22 05:30:20");
  assertEquals(FakeSource.all.length, 2);
});

Deno.test("ClockStream says what the server says of the stream", () => {
  using w = world();
  w.stream.open();
  for (
    const [status, connection, note] of [
      [{ state: "reset" }, "live", "what was missed cannot be known"],
      [
        { state: "lagged", missed: 1 },
        "live",
        "1 missed tick did not come: the connection is slow",
      ],
      [{ state: "resumed", replayed: 0 }, "live", ""],
    ] as const
  ) {
    FakeSource.last.cut();
    assertEquals(w.view().connection, "reconnecting");
    FakeSource.last.open();
    if (status.state === "lagged") FakeSource.last.tick(START_MS);
    FakeSource.last.status(status);
    assertEquals(w.view().connection, connection);
    assertEquals(w.view().note, note);
  }
});

Deno.test("ClockStream does not call a stream live that is opened only to be closed", () => {
  using w = world();
  w.stream.open();
  FakeSource.last.open();
  FakeSource.last.status({ state: "overloaded" });
  FakeSource.last.cut();
  FakeSource.last.open();
  assertEquals(w.view().connection, "reconnecting");
  assertEquals(w.view().note, "the server is full");
});

Deno.test("ClockStream stays closed where it is refused, and tries again by itself", async () => {
  using w = world();
  w.stream.open();
  FakeSource.last.refuse();
  assertEquals(w.view().connection, "closed");
  await w.time.tickAsync(10_000);
  assertEquals(FakeSource.all.length, 2);
  assertEquals(w.view().connection, "closed");
  FakeSource.last.open();
  FakeSource.last.tick(START_MS);
  assertEquals(w.view().connection, "live");
});

Deno.test("ClockStream that is paused does not try again", async () => {
  using w = world();
  w.stream.open();
  FakeSource.last.refuse();
  w.stream.pause();
  await w.time.tickAsync(60_000);
  assertEquals(FakeSource.all.length, 1);
  assert(w.view().connection === "paused");
});
