import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Status } from "../../../events/frame.ts";
import { ClockStream } from "../../../islands/clock/clock_stream.ts";
import { loadedView } from "../../../islands/clock/clock_view.ts";
import { UNKNOWN } from "../unknown_statuses.ts";
import { FakeFetch } from "../../support/fake_fetch.ts";
import { until } from "../../support/until.ts";

const START_MS = Date.parse("2026-11-22T04:30:20.000Z");

/** A stream of a page that was loaded at 04:30:20, on a server whose clock is `aheadMs` ahead of the browser's. */
function world(aheadMs: number | "silent" = 0) {
  const time = new FakeTime(START_MS);
  const fetched = new FakeFetch();
  let asked = 0;
  let silences = 0;
  const w = {
    time,
    fetched,
    aheadMs,
    /** How often the server was asked for its time. */
    get asked() {
      return asked;
    },
    /** How often the stream fell silent. */
    get silences() {
      return silences;
    },
    stream: new ClockStream(
      loadedView("UTC", "2026-11-22 04:30:20", START_MS),
      () => {},
      () => silences++,
    ),
    view: () => w.stream.view,
    late: () => w.view().ticks.map(({ lateMs }) => lateMs),
    async begin() {
      fetched.last.begin();
      await time.runMicrotasks();
    },
    async tick(ms: number) {
      fetched.last.tick(ms);
      await time.runMicrotasks();
    },
    async status(status: Status) {
      fetched.last.status(status);
      await time.runMicrotasks();
    },
    async cut() {
      fetched.last.cut();
      await time.runMicrotasks();
    },
    [Symbol.dispose]() {
      w.stream.close();
      fetched[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
  fetched.healthz = () => {
    asked++;
    return w.aheadMs === "silent"
      ? new Response("Not Found", { status: 404 })
      : Response.json({ now: Date.now() + w.aheadMs });
  };
  return w;
}

Deno.test("ClockStream shows each tick, its id and how many there were", async () => {
  using w = world();
  w.stream.open();
  assertEquals(w.view().connection, "connecting");
  assertEquals(w.fetched.last.url, "sse/?tz=UTC");
  await w.begin();
  await w.tick(START_MS);
  await w.tick(START_MS + 1_000);
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
  await w.begin();
  await w.tick(START_MS + aheadMs);
  await w.time.tickAsync(607);
  await w.tick(START_MS + aheadMs + 1_000);
  assertEquals(w.late(), [undefined, 7.5]);
  assertEquals(w.view().clock?.errorMs, 0.5);
});

Deno.test("ClockStream measures by the browser's clock where the server's cannot be read", async () => {
  using w = world("silent");
  w.stream.open();
  await w.begin();
  await w.tick(START_MS);
  await w.time.tickAsync(1_009);
  await w.tick(START_MS + 1_000);
  assertEquals(w.late().at(-1), 9);
  assertEquals(w.view().clock?.errorMs, undefined);
});

Deno.test("ClockStream measures again where the server's clock was set, and shows no lateness until then", async () => {
  for (const byMs of [30_000, -30_000, -900, 700]) {
    using w = world(0);
    w.stream.open();
    await w.begin();
    await w.tick(START_MS);
    for (let s = 1; s < 7; s++) {
      await w.time.tickAsync(1_000);
      await w.tick(START_MS + 1_000 * s);
    }
    assertEquals(w.late().at(-1), 0.5, `${byMs}`);
    assertEquals(w.asked, 3);
    // The next tick comes when the new clock gets to a whole second.
    w.aheadMs = byMs;
    const restMs = 1_000 - ((byMs % 1_000 + 1_000) % 1_000);
    await w.time.tickAsync(restMs);
    const set = Date.now() + byMs;
    await w.tick(set);
    assertEquals(w.late().at(-1), undefined, `${byMs}`);
    assertEquals(w.asked, 6);
    await w.time.tickAsync(1_000);
    await w.tick(set + 1_000);
    assertEquals(w.late().at(-1), 0.5, `${byMs}`);
    assertEquals(w.asked, 6);
  }
});

Deno.test("ClockStream measures again where ticks come later than before, and drops what it measured wrongly", async () => {
  for (const byMs of [-400, -100, -30]) {
    using w = world();
    w.stream.open();
    await w.begin();
    await w.tick(START_MS);
    for (let s = 1; s < 20; s++) {
      await w.time.tickAsync(1_000);
      await w.tick(START_MS + 1_000 * s);
    }
    assertEquals(w.asked, 3);
    // The server's clock is set back, by too little for one tick to show.
    w.aheadMs = byMs;
    await w.time.tickAsync(-byMs);
    let s = 20;
    for (; s < 24; s++) {
      await w.time.tickAsync(1_000);
      await w.tick(START_MS + 1_000 * s);
    }
    assertEquals(w.asked, 6, `${byMs}`);
    assertEquals(w.late().filter((ms) => ms !== undefined), [0.5], `${byMs}`);
    // What was measured tells how far the clocks drift: it is soon measured again, and found to hold.
    for (; s < 60; s++) {
      await w.time.tickAsync(1_000);
      await w.tick(START_MS + 1_000 * s);
    }
    assertEquals(w.asked, 9, `${byMs}`);
    assertEquals(w.late().at(-1), 0.5);
  }
});

Deno.test("ClockStream measures again every minute, and claims less and less until then", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  await w.tick(START_MS);
  const claims: number[] = [];
  for (let s = 1; s < 150; s++) {
    await w.time.tickAsync(1_000);
    await w.tick(START_MS + 1_000 * s);
    claims.push(w.view().errorMs!);
  }
  assertEquals(w.asked, 9);
  assertEquals(claims[29], 0.5 + 30 * 0.2);
  assertEquals(claims[59], 0.5);
  assert(claims.every((ms) => ms < 13));
});

Deno.test("ClockStream claims no more than it knows while the clocks drift apart", async () => {
  for (const drift of [0.01, -0.01]) {
    using w = world();
    w.stream.open();
    await w.begin();
    await w.tick(START_MS);
    for (let s = 1; s < 60; s++) {
      await w.time.tickAsync(1_000);
      // The browser's clock stays as it is, and the server's goes slower or faster.
      w.aheadMs = -drift * s * 1_000;
      await w.tick(START_MS + 1_000 * s - drift * s * 1_000);
      if (s < 15) continue;
      const late = w.late().at(-1);
      const claimed = w.view().errorMs;
      assert(
        late === undefined || Math.abs(late) <= claimed! + 2,
        `${late} ms is claimed to ±${claimed} ms`,
      );
    }
  }
});

Deno.test("ClockStream keeps what it measured where the server no longer answers", async () => {
  const aheadMs = 3_600_000;
  using w = world(aheadMs);
  w.stream.open();
  await w.begin();
  await w.tick(START_MS + aheadMs);
  for (let s = 1; s < 150; s++) {
    if (s === 10) w.aheadMs = "silent";
    await w.time.tickAsync(1_000);
    await w.tick(START_MS + aheadMs + 1_000 * s);
  }
  assertEquals(w.asked, 5);
  assertEquals(w.late().at(-1), 0.5);
  assertEquals(w.view().errorMs, 0.5 + 149 * 0.2);
});

Deno.test("ClockStream measures again after a sleep in which performance.now() stood still", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  for (let s = 0; s < 7; s++) {
    await w.tick(START_MS + 1_000 * s);
    await w.time.tickAsync(1_000);
  }
  w.time.setSystemClock(2_000);
  await w.tick(START_MS + 7_000);
  await w.tick(START_MS + 8_000);
  await w.tick(START_MS + 9_000);
  assertEquals(w.late().slice(-2), [undefined, 0.5]);
  await w.time.tickAsync(1_003);
  await w.tick(START_MS + 10_000);
  assertEquals(w.late().at(-1), 3.5);
});

Deno.test("ClockStream does not ask for the time at every tick that is early", async () => {
  using w = world("silent");
  w.stream.open();
  await w.begin();
  for (let s = 0; s < 20; s++) {
    await w.tick(START_MS + 60_000 + 1_000 * s);
    await w.time.tickAsync(1_000);
  }
  assertEquals(w.late().filter((ms) => ms !== undefined), []);
  assertEquals(w.asked, 4);
});

Deno.test("ClockStream reopens after the last id and does not take what comes back for late", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  await w.tick(START_MS);
  await w.time.tickAsync(300);
  w.stream.pause();
  assertEquals(w.view().connection, "paused");
  assert(w.fetched.last.signal.aborted);
  await w.time.tickAsync(2_000);
  w.stream.open();
  assertEquals(w.fetched.last.url, "sse/?tz=UTC");
  assertEquals(w.fetched.last.headers.get("last-event-id"), `${START_MS}-0`);
  await w.begin();
  await w.tick(START_MS + 1_000);
  // The server's clock is known now, but the tick was due before the stream was open.
  await w.tick(START_MS + 2_000);
  await w.status({ state: "resumed", replayed: 2 });
  await w.time.tickAsync(701);
  await w.tick(START_MS + 3_000);
  assertEquals(w.view().connection, "live");
  assertEquals(w.view().note, "2 missed ticks came back");
  assertEquals(w.view().events, 4);
  assertEquals(w.late(), [undefined, undefined, undefined, 1.5]);
});

Deno.test("ClockStream is reconnecting after 3 s without a tick, whatever else comes, and goes on after its last id", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  await w.tick(START_MS);
  for (let i = 0; i < 6; i++) {
    assertEquals(w.view().connection, "live");
    await w.time.tickAsync(500);
    w.fetched.last.send(":\n");
  }
  assertEquals(w.silences, 0);
  await w.time.tickAsync(500);
  assertEquals(w.view().connection, "reconnecting");
  assertEquals(w.silences, 1);
  assert(w.fetched.last.signal.aborted);
  await w.time.tickAsync(3_000);
  assertEquals(w.fetched.all.length, 2);
  assertEquals(w.fetched.last.headers.get("last-event-id"), `${START_MS}-0`);
  // A stream that is cut, or that was not live, does not fall silent.
  await w.time.tickAsync(20_000);
  await w.begin();
  await w.tick(START_MS + 1_000);
  await w.cut();
  assertEquals(w.silences, 1);
});

Deno.test("ClockStream keeps the last minute's ticks only", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  for (let i = 0; i < 3_600; i++) w.fetched.last.tick(START_MS + i * 1_000);
  await w.time.runMicrotasks();
  assertEquals(w.view().ticks.length, 60);
  assertEquals(w.view().ticks[0]?.ms, START_MS + 3_540_000);
});

Deno.test("ClockStream changes the zone at once and goes on from the same tick", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  await w.tick(START_MS);
  w.stream.chooseZone("Asia/Tokyo");
  assertEquals(w.view().time, "2026-11-22 13:30:20");
  assertEquals(w.fetched.all.length, 2);
  assertEquals(w.fetched.last.url, "sse/?tz=Asia/Tokyo");
  assertEquals(w.fetched.last.headers.get("last-event-id"), `${START_MS}-0`);
  w.stream.pause();
  w.stream.chooseZone("Europe/Paris");
  assertEquals(w.view().time, "2026-11-22 05:30:20");
  assertEquals(w.fetched.all.length, 2);
});

Deno.test("ClockStream says what the server says of the stream", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
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
    await w.cut();
    assertEquals(w.view().connection, "reconnecting");
    w.stream.comeBack();
    await w.begin();
    if (status.state === "lagged") await w.tick(START_MS);
    await w.status(status);
    await w.tick(START_MS + 1_000);
    assertEquals(w.view().connection, connection);
    assertEquals(w.view().note, note);
  }
});

Deno.test("ClockStream is not live again until a tick comes, as after the server's clock was set back", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  await w.tick(START_MS);
  await w.cut();
  for (let i = 0; i < 2; i++) {
    w.stream.comeBack();
    const { headers } = w.fetched.last;
    assertEquals(headers.get("last-event-id"), `${START_MS}-0`);
    await w.begin();
    await w.status({ state: "resumed", replayed: 0 });
    for (let s = 0; s < 4; s++) {
      assertEquals(w.view().connection, "reconnecting");
      await w.time.tickAsync(1_000);
    }
  }
  // The server waits for a tick that is an hour away: the page asks for the current one.
  assertEquals(w.fetched.last.headers.get("last-event-id"), null);
  await w.begin();
  await w.status({ state: "reset" });
  assertEquals(w.view().connection, "reconnecting");
  await w.tick(START_MS - 3_600_000);
  assertEquals(w.view().connection, "live");
  assertEquals(w.view().note, "what was missed cannot be known");
  // The note belongs to that connection.
  await w.cut();
  w.stream.comeBack();
  await w.begin();
  await w.tick(START_MS - 3_599_000);
  assertEquals(w.view().note, "");
});

Deno.test("ClockStream drops a note after 10 s", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  await w.tick(START_MS);
  await w.status({ state: "resumed", replayed: 2 });
  for (let s = 1; s < 10; s++) {
    await w.time.tickAsync(1_000);
    await w.tick(START_MS + 1_000 * s);
  }
  assertEquals(w.view().note, "2 missed ticks came back");
  await w.status({ state: "lagged", missed: 2 });
  await w.time.tickAsync(1_000);
  await w.tick(START_MS + 10_000);
  assertEquals(
    w.view().note,
    "2 missed ticks did not come: the connection is slow",
  );
  for (let s = 11; s < 20; s++) {
    await w.time.tickAsync(1_000);
    await w.tick(START_MS + 1_000 * s);
  }
  assertEquals(w.view().connection, "live");
  assertEquals(w.view().note, "");
});

Deno.test("ClockStream survives a status that it does not know", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  await w.tick(START_MS);
  await w.cut();
  w.stream.comeBack();
  await w.begin();
  for (const data of UNKNOWN) {
    w.fetched.last.send(`event: status\ndata: ${data}\n\n`);
    await w.time.runMicrotasks();
    assertEquals(w.view().connection, "reconnecting", data);
  }
  await w.tick(START_MS + 1_000);
  assertEquals(w.view().connection, "live");
});

Deno.test("ClockStream does not call a stream live that is opened only to be closed", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  await w.status({ state: "overloaded" });
  await w.cut();
  await w.time.tickAsync(3_000);
  await w.begin();
  assertEquals(w.view().connection, "reconnecting");
  assertEquals(w.view().note, "the server is full");
});

Deno.test("ClockStream keeps its last id where the server is full again and again", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  await w.tick(START_MS);
  for (let i = 0; i < 4; i++) {
    await w.cut();
    w.stream.comeBack();
    const { headers } = w.fetched.last;
    assertEquals(headers.get("last-event-id"), `${START_MS}-0`);
    await w.begin();
    await w.status({ state: "overloaded" });
  }
});

Deno.test("ClockStream stays closed where it is refused, and tries again by itself", async () => {
  using w = world();
  w.stream.open();
  w.fetched.last.refuse(400);
  await w.time.runMicrotasks();
  assertEquals(w.view().connection, "closed");
  await w.time.tickAsync(4_999);
  assertEquals(w.fetched.all.length, 1);
  await until(async () => {
    await w.time.tickAsync(100);
    return w.fetched.all.length > 1;
  });
  assert(Date.now() < START_MS + 10_100);
  assertEquals(w.view().connection, "closed");
  await w.begin();
  await w.tick(START_MS);
  assertEquals(w.view().connection, "live");
});

Deno.test("ClockStream that is paused does not try again", async () => {
  using w = world();
  w.stream.open();
  w.fetched.last.refuse(400);
  await w.time.runMicrotasks();
  w.stream.pause();
  w.stream.comeBack();
  w.stream.refresh();
  await w.time.tickAsync(60_000);
  assertEquals(w.fetched.all.length, 1);
  assertEquals(w.view().connection, "paused");
});

Deno.test("ClockStream plots no tick that is newer than the last one, as after a clock that was set back", async () => {
  using w = world();
  w.stream.open();
  await w.begin();
  for (const s of [0, 1, 2, 1]) await w.tick(START_MS + s * 1_000);
  assertEquals(w.view().ticks.map(({ ms }) => ms - START_MS), [0, 1_000]);
});
