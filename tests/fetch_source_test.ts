import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { FetchSource } from "../islands/fetch_source.ts";
import { FakeFetch } from "./fake_fetch.ts";

/** A source whose server is the test, and all that it reported. */
function world(lastId = "") {
  const time = new FakeTime();
  const fetched = new FakeFetch();
  const told: string[] = [];
  const source = new FetchSource({
    url: () => "/sse/news",
    lastId,
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

Deno.test("FetchSource hears events of every type", async () => {
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

Deno.test("FetchSource comes back behind its last id, when the server said to", async () => {
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
  w.fetched.last.send("data: a\nretry: 10\n\n");
  await w.settle();
  w.fetched.last.end();
  for (let i = 0; i < 3; i++) {
    await w.time.tickAsync(10);
    assertEquals(w.fetched.all.length, 2 + i);
    w.fetched.last.cut();
    await w.settle();
  }
  assertEquals(w.told, ["open", "message: a", "lost", "lost", "lost", "lost"]);
});

for (
  const [what, answer] of [
    ["another status", (fetched: FakeFetch) => fetched.last.refuse(502)],
    ["no content", (fetched: FakeFetch) => fetched.last.refuse(204)],
    ["another type", (fetched: FakeFetch) => fetched.last.open("text/html")],
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
