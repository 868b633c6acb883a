import { assert, assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { FetchSource } from "../../../islands/page/fetch_source.ts";
import { FakeConnection, FakeFetch } from "../../support/fake_fetch.ts";

const SILENT_MS = 20_000;

/** A source whose server is the test, and all that it reported. */
function world(lastId = "", token?: string) {
  const time = new FakeTime();
  const fetched = new FakeFetch();
  const told: string[] = [];
  const source = new FetchSource({
    url: () => "/sse/news",
    token: () => token,
    lastId,
    silentMs: SILENT_MS,
    hears: "bytes",
    onOpen: () => told.push("open"),
    onEvent: ({ type, data }) => told.push(`${type}: ${data}`),
    onFailed: (isRefused) => told.push(isRefused ? "refused" : "lost"),
  });
  return {
    time,
    fetched,
    source,
    told,
    settle: () => time.runMicrotasks(),
    [Symbol.dispose]() {
      source.close();
      fetched[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("FetchSource reports events of every type", async () => {
  using w = world();
  assertEquals(w.fetched.last.url, "/sse/news");
  assertEquals(w.fetched.last.headers.get("accept"), "text/event-stream");
  assertEquals(w.fetched.last.headers.get("last-event-id"), null);
  w.fetched.last.open("text/event-stream; charset=utf-8");
  w.fetched.last.send("data: a\n\nevent: who knows\ndata: b\n\nev");
  w.fetched.last.send("ent: c\ndata: d\n\n");
  await w.settle();
  assertEquals(w.told, ["open", "message: a", "who knows: b", "c: d"]);
});

Deno.test("FetchSource takes the type of an event stream in any spelling", async () => {
  for (
    const type of [
      "text/event-stream",
      "text/event-stream; charset=utf-8",
      "Text/Event-Stream ;x=y",
      " text/event-stream ",
    ]
  ) {
    using w = world();
    w.fetched.last.open(type);
    w.fetched.last.send(":\n");
    await w.settle();
    assertEquals(w.told, ["open"], type);
  }
});

Deno.test("FetchSource comes back after its last id, when the server said to", async () => {
  using w = world("1-0");
  assertEquals(w.fetched.last.headers.get("last-event-id"), "1-0");
  w.fetched.last.open();
  w.fetched.last.send("data: a\nid: 2-0\nretry: 2345\n\ndata: b\nid: 3-0\n");
  await w.settle();
  w.fetched.last.cut();
  await w.settle();
  assertEquals(w.told, ["open", "message: a", "lost"]);
  await w.time.tickAsync(2_344);
  assertEquals(w.fetched.all.length, 1);
  await w.time.tickAsync(1);
  assertEquals(w.fetched.all.length, 2);
  // The event that was cut off did not come.
  assertEquals(w.fetched.last.headers.get("last-event-id"), "2-0");
});

Deno.test("FetchSource comes back from a stream that ended, and from no answer at all", async () => {
  using w = world();
  w.fetched.last.open();
  w.fetched.last.send("data: a\nretry: 4000\n\n");
  await w.settle();
  w.fetched.last.end();
  // Each attempt that fails makes the next wait longer.
  for (
    const [i, waitMs] of [4_000, 6_000, 9_000, 13_500, 16_000, 16_000].entries()
  ) {
    await w.time.tickAsync(waitMs - 1);
    assertEquals(w.fetched.all.length, 1 + i);
    await w.time.tickAsync(1);
    assertEquals(w.fetched.all.length, 2 + i);
    w.fetched.last.cut();
    await w.settle();
  }
  assertEquals(w.told, ["open", "message: a", ...Array(7).fill("lost")]);
});

Deno.test("FetchSource begins with short waits again after a connection that stayed", async () => {
  using w = world();
  for (const waitMs of [3_000, 4_500, 6_750]) {
    w.fetched.last.cut();
    await w.time.tickAsync(waitMs);
  }
  assertEquals(w.fetched.all.length, 4);
  w.fetched.last.open();
  await w.time.tickAsync(5_000);
  assertEquals(w.fetched.all.length, 4);
  w.fetched.last.cut();
  await w.time.tickAsync(3_000);
  assertEquals(w.fetched.all.length, 5);
});

Deno.test("FetchSource does not hammer, whatever a server says", async () => {
  for (
    const [retry, most] of [
      ["0", 16],
      ["1", 16],
      ["2147483648", 1],
      ["9".repeat(400), 1],
    ] as const
  ) {
    using w = world();
    for (let s = 0; s < 240; s++) {
      if (!w.fetched.last.signal.aborted) {
        w.fetched.last.open();
        w.fetched.last.send(`retry: ${retry}\n\n`);
        await w.settle();
        w.fetched.last.end();
      }
      await w.time.tickAsync(500);
    }
    const { length } = w.fetched.all;
    assert(length <= most, `retry: ${retry}: ${length} connections in 2 min`);
  }
});

Deno.test("FetchSource gives up a connection that goes silent, and comes back after its last id", async () => {
  using w = world();
  w.fetched.last.open();
  w.fetched.last.send("retry: 3000\ndata: a\nid: 7-0\n\n");
  await w.time.tickAsync(SILENT_MS);
  assert(!w.source.isSilent);
  // A comment is a sign of life, and half a line, too.
  for (const bytes of [":\n", ":", "\n"]) {
    w.fetched.last.send(bytes);
    await w.time.tickAsync(SILENT_MS);
    assertEquals(w.told, ["open", "message: a"]);
  }
  await w.time.tickAsync(500);
  assert(w.source.isSilent);
  assertEquals(w.told, ["open", "message: a", "lost"]);
  assert(w.fetched.last.signal.aborted, "the connection is let go");
  await w.time.tickAsync(3_000);
  assertEquals(w.fetched.all.length, 2);
  assertEquals(w.fetched.last.headers.get("last-event-id"), "7-0");
});

Deno.test("FetchSource gives up a connection that opens and never says anything", async () => {
  using w = world();
  w.fetched.last.open();
  await w.time.tickAsync(SILENT_MS + 500);
  assertEquals(w.told, ["lost"]);
});

Deno.test("FetchSource asks again each second where no answer comes, three times at once, and takes the first", async () => {
  using w = world("7-0");
  await w.time.tickAsync(2_999);
  assertEquals(w.fetched.all.length, 3);
  assert(!w.fetched.all[0]!.signal.aborted);
  await w.time.tickAsync(1);
  assertEquals(w.fetched.all.length, 4);
  const [first, second, third, last] = w.fetched.all;
  assert(first!.signal.aborted);
  third!.begin();
  await w.settle();
  assertEquals(w.told, ["open"]);
  assert(second!.signal.aborted && last!.signal.aborted);
  assert(!third!.signal.aborted);
  assertEquals(third!.headers.get("last-event-id"), "7-0");
  await w.time.tickAsync(SILENT_MS);
  assertEquals(w.fetched.all.length, 4);
  w.source.close();
  assert(third!.signal.aborted);
});

Deno.test("FetchSource gives up an answer that never comes, even where fetch() does not heed that", async () => {
  using w = world();
  using _ = stub(FakeConnection.prototype, "cut", () => {});
  await w.time.tickAsync(6_000);
  assertEquals(w.told, []);
  await w.time.tickAsync(500);
  assertEquals(w.told, ["lost"]);
  assertEquals(w.fetched.all.filter(({ signal }) => !signal.aborted), []);
  // It has waited already. The next answer may take longer, as the network may be slow.
  const { length } = w.fetched.all;
  await w.time.tickAsync(500);
  assertEquals(w.fetched.all.length, length + 1);
  await w.time.tickAsync(1_499);
  assertEquals(w.fetched.all.length, length + 1);
  await w.time.tickAsync(1);
  assertEquals(w.fetched.all.length, length + 2);
  await w.time.tickAsync(8_000);
  assertEquals(w.told, ["lost", "lost"]);
});

Deno.test("FetchSource notices soon after a sleep that its connection is old, though performance.now() stood still", async () => {
  using w = world();
  w.fetched.last.open();
  w.fetched.last.send(":\n");
  await w.time.tickAsync(2_000);
  w.time.setSystemClock(3_600_000);
  assert(w.source.isSilent);
  await w.time.tickAsync(500);
  assertEquals(w.told, ["open", "lost"]);
});

Deno.test("FetchSource does not mind a wall clock that is set back, nor counts by it", async () => {
  using w = world();
  w.fetched.last.open();
  w.fetched.last.send(":\n");
  await w.time.tickAsync(2_000);
  w.time.setSystemClock(-3_600_000);
  await w.time.tickAsync(SILENT_MS - 2_000);
  assertEquals(w.told, ["open"]);
  await w.time.tickAsync(500);
  assertEquals(w.told, ["open", "lost"]);
});

for (
  const [what, answer] of [
    ["another status", (fetched: FakeFetch) => fetched.last.refuse(502)],
    ["no content", (fetched: FakeFetch) => fetched.last.refuse(204)],
    ["another type", (fetched: FakeFetch) => fetched.last.open("text/html")],
    [
      "a type that begins alike",
      (fetched: FakeFetch) => fetched.last.open("text/event-stream-bogus"),
    ],
    [
      "a type that ends alike",
      (fetched: FakeFetch) => fetched.last.open("x-text/event-stream"),
    ],
    [
      "two words",
      (fetched: FakeFetch) => fetched.last.open("text/event-stream bogus"),
    ],
  ] as const
) {
  Deno.test(`FetchSource gives up where it is refused: ${what}`, async () => {
    using w = world();
    answer(w.fetched);
    await w.time.tickAsync(60_000);
    assertEquals(w.told, ["refused"]);
    assertEquals(w.fetched.all.length, 1);
    assert(w.fetched.last.signal.aborted, "the connection is let go");
  });
}

Deno.test("FetchSource that is closed says nothing more", async () => {
  for (const state of ["asked", "open", "lost"]) {
    using w = world();
    if (state !== "asked") w.fetched.last.open();
    await w.settle();
    if (state === "lost") w.fetched.last.end();
    await w.settle();
    const told = [...w.told];
    if (state === "open") w.fetched.last.send("data: late\n\n");
    w.source.close();
    await w.time.tickAsync(60_000);
    assertEquals(w.told, told, state);
    assertEquals(w.fetched.all.length, 1);
    assertEquals(w.time.timerCount, 0);
  }
});

Deno.test("FetchSource waits as the server said last, also on an earlier connection", async () => {
  using w = world();
  w.fetched.last.open();
  w.fetched.last.send("retry: 2000\n\n");
  await w.settle();
  w.fetched.last.cut();
  await w.time.tickAsync(2_000);
  w.fetched.last.open();
  w.fetched.last.send(":\n");
  await w.settle();
  w.fetched.last.cut();
  // The second wait in a row is longer by half.
  await w.time.tickAsync(2_999);
  assertEquals(w.fetched.all.length, 2);
  await w.time.tickAsync(1);
  assertEquals(w.fetched.all.length, 3);
});

Deno.test("FetchSource reports no more events once it is closed at one of them", async () => {
  using time = new FakeTime();
  using fetched = new FakeFetch();
  const told: string[] = [];
  const source = new FetchSource({
    url: () => "/sse/news",
    lastId: "",
    silentMs: SILENT_MS,
    hears: "bytes",
    onOpen() {},
    onEvent({ data }) {
      told.push(data);
      source.close();
    },
    onFailed() {},
  });
  fetched.last.open();
  fetched.last.send("data: a\n\ndata: b\n\n");
  await time.runMicrotasks();
  source.close();
  assertEquals(told, ["a"]);
});

Deno.test("FetchSource measures silence from the answer on, however late that came", async () => {
  using w = world();
  await w.time.tickAsync(2_500);
  w.fetched.last.open();
  await w.time.tickAsync(SILENT_MS);
  assertEquals(w.told, []);
  await w.time.tickAsync(500);
  assertEquals(w.told, ["lost"]);
});

Deno.test("FetchSource sends the token where the server refuses a stream without one, and not before", async () => {
  using w = world("1-0", "t0ken");
  assertEquals(w.fetched.last.headers.get("authorization"), null);
  w.fetched.last.refuse(401);
  await w.settle();
  assertEquals(w.told, []);
  const { headers } = w.fetched.last;
  assertEquals(headers.get("authorization"), "Bearer t0ken");
  assertEquals(headers.get("last-event-id"), "1-0");
  assertEquals(headers.get("accept"), "text/event-stream");
  w.fetched.last.open();
  w.fetched.last.send("data: a\n\n");
  await w.settle();
  assertEquals(w.told, ["open", "message: a"]);
});

Deno.test("FetchSource gives up where the token is refused, too, and where there is none that can be sent", async () => {
  for (
    const [token, answers] of [
      ["wrong", [401, 401]],
      ["wrong", [401, 403]],
      ["t", [403]],
      [undefined, [401]],
      ["", [401]],
      ["tökén", [401]],
      ["a b", [401]],
    ] as const
  ) {
    using w = world("", token);
    for (const status of answers) {
      assertEquals(w.told, []);
      w.fetched.last.refuse(status);
      await w.settle();
    }
    assertEquals(w.told, ["refused"]);
  }
});
