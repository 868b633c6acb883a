import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { ChimeEvent } from "../../client/client.d.ts";
import { FakeFetch } from "../support/fake_fetch.ts";
import { NEWS, Source, world } from "./world.ts";

Deno.test("ChimeSource has the states and the handlers of an EventSource", async () => {
  using w = world();
  const { source } = w;
  const handled: string[] = [];
  source.onopen = ({ type }) => handled.push(type);
  source.onmessage = ({ type, data }) => handled.push(`${type} ${data}`);
  source.onerror = ({ type }) => handled.push(type);
  assert(source instanceof EventTarget);
  assertEquals(source.url, NEWS);
  assertFalse(source.withCredentials);
  assertEquals([Source.CONNECTING, Source.OPEN, Source.CLOSED], [0, 1, 2]);
  assertEquals([source.CONNECTING, source.OPEN, source.CLOSED], [0, 1, 2]);
  assertEquals(source.readyState, Source.CONNECTING);
  await w.open("data: a\n\n");
  assertEquals(source.readyState, Source.OPEN);
  w.fetched.last.cut();
  await w.settle();
  assertEquals(source.readyState, Source.CONNECTING);
  source.close();
  assertEquals(source.readyState, Source.CLOSED);
  assertEquals(handled, ["open", "message a", "error"]);
  source.onmessage = null;
  source.dispatchEvent(new MessageEvent("message"));
  assertEquals(handled.length, 3);
});

Deno.test("ChimeSource asks for an event stream, and for its heartbeats", async () => {
  using w = world({ headers: { authorization: "Bearer t" }, heartbeat: 4 });
  await w.settle();
  const { url, headers, init } = w.fetched.last;
  assertEquals(url, `${NEWS}?heartbeat=4s`);
  assertEquals(headers.get("accept"), "text/event-stream");
  assertEquals(headers.get("authorization"), "Bearer t");
  assertEquals(headers.get("last-event-id"), null);
  assertEquals(init.cache, "no-store");
  assertEquals(init.credentials, "same-origin");
});

Deno.test("ChimeSource sends cookies to another origin where it is told to, through the fetch that it is given", async () => {
  using w = world();
  await w.settle();
  let asked: RequestInit | undefined;
  const source = new Source(NEWS, {
    withCredentials: true,
    fetch(this: unknown, _url, init) {
      assertEquals(this, undefined);
      asked = init;
      return new Promise(() => {});
    },
  });
  await w.settle();
  assert(source.withCredentials);
  assertEquals(asked!.credentials, "include");
  assertEquals(w.fetched.all.length, 1);
  source.close();
});

Deno.test("A message has what an EventSource gives it, and its channel", async () => {
  using w = world({}, NEWS, ["order"]);
  const events: ChimeEvent[] = [];
  w.source.addEventListener("order", (event) => events.push(event));
  await w.open('id: 1-0\nevent: order\ndata: {"total":7}\n\n');
  const [event] = events;
  assert(event instanceof MessageEvent);
  assertEquals(event.type, "order");
  assertEquals(event.data, '{"total":7}');
  assertEquals(event.json(), { total: 7 });
  assertEquals(event.lastEventId, "1-0");
  assertEquals(event.origin, "http://chime.test");
  assertEquals(event.channel, "news");
});

Deno.test("A message is of the origin that the stream was redirected to", async () => {
  using w = world({
    fetch: async (...asked) =>
      Object.defineProperty(await fetch(...asked), "url", {
        value: "http://other.test/sse/news",
      }),
  });
  let origin = "";
  w.source.onmessage = (event) => origin = event.origin;
  await w.open("data: a\n\n");
  assertEquals(origin, "http://other.test");
});

Deno.test("ChimeSource tells channel and type apart on a stream of several", async () => {
  using w = world({ channels: ["news", "user/42"] }, "http://chime.test/sse", [
    "news",
    "weather",
    "a#b",
  ]);
  assertEquals(w.source.url, "http://chime.test/sse/news,user/42");
  await w.open(
    "event: news\ndata: 1\n\nevent: user/42#weather\ndata: 2\n\n" +
      "event: news#a#b\ndata: 3\n\n",
  );
  assertEquals(w.take(), [
    "open",
    "news#message: 1",
    "user/42#weather: 2",
    "news#a#b: 3",
  ]);
});

Deno.test("ChimeSource tells of nothing once it is closed, not even of what had come already", async () => {
  using w = world();
  w.source.onmessage = () => w.source.close();
  await w.open("data: a\n\ndata: b\n\n");
  assertEquals(w.take(), ["open", "news#message: a"]);
  assert(w.fetched.last.signal.aborted);
  await w.time.tickAsync(60_000);
  assertEquals(w.take(), []);
  assertEquals(w.fetched.all.length, 1);
  assertEquals(w.time.timerCount, 0);
});

Deno.test("ChimeSource that is closed while it waits for the next try leaves no timer", async () => {
  using w = world();
  await w.settle();
  w.fetched.last.cut();
  await w.settle();
  w.source.close();
  assertEquals(w.time.timerCount, 0);
  await w.settle();
  assertEquals(w.take(), ["error 0", "status reconnecting"]);
});

Deno.test("ChimeSource that is closed at the loss of its connection says no more, and does not come back", async () => {
  using w = world();
  w.source.onerror = () => w.source.close();
  await w.open();
  w.fetched.last.cut();
  await w.settle();
  assertEquals(w.take(), ["open", "error 2"]);
  assertEquals(w.time.timerCount, 0);
});

Deno.test("An effect that runs twice, as in React's StrictMode, opens one connection", async () => {
  using time = new FakeTime();
  using fetched = new FakeFetch();
  const effect = () => {
    const source = new Source(NEWS);
    return () => source.close();
  };
  effect()();
  const leave = effect();
  await time.runMicrotasks();
  assertEquals(fetched.all.length, 1);
  leave();
});

Deno.test("ChimeSource closes when its signal aborts, also before it began", async () => {
  const abort = new AbortController();
  using w = world({ signal: abort.signal });
  await w.open();
  abort.abort();
  assertEquals(w.source.readyState, Source.CLOSED);
  const late = new Source(NEWS, { signal: abort.signal });
  assertEquals(late.readyState, Source.CLOSED);
  await w.settle();
  assertEquals(w.fetched.all.length, 1);
});

Deno.test("ChimeSource refuses a URL that is none, and names that no channel can have", () => {
  assertThrows(() => new Source("http://:x/"), TypeError);
  for (
    const name of [
      "",
      "a b",
      "a,b",
      "a#b",
      "..",
      "a/../b",
      "./a",
      "a//b",
      "/a",
      "a/",
    ]
  ) {
    assertThrows(
      () => new Source(NEWS, { channels: [name] }),
      TypeError,
      `Cannot use channel ${JSON.stringify(name)}: `,
    );
  }
});
