import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Status } from "../../../events/frame.ts";
import {
  ChannelStream,
  loadedStream,
} from "../../../islands/channels/channel_stream.ts";
import { UNKNOWN } from "../unknown_statuses.ts";
import { MAX_ROWS } from "../../../islands/channels/event_log.ts";
import { FakeFetch } from "../../support/fake_fetch.ts";

const HEARTBEAT_MS = 8_000;

/** A stream of a page that shows these channels. */
function world(...channels: string[]) {
  const time = new FakeTime();
  const fetched = new FakeFetch();
  const stream = new ChannelStream(
    loadedStream(channels),
    { heartbeatMs: HEARTBEAT_MS, token: () => undefined, onChange() {} },
  );
  const send = async (text: string) => {
    fetched.last.send(text);
    await time.runMicrotasks();
  };
  return {
    time,
    fetched,
    stream,
    view: () => stream.view,
    /** The rows: a note as it is, an event as `id channel type data`. */
    rows: () =>
      stream.log.blocks.flatMap(({ rows }) => rows).map((row) =>
        "note" in row
          ? row.note
          : `${row.id} ${row.channel} ${row.type} ${row.data}`
      ),
    async open() {
      fetched.last.begin();
      await time.runMicrotasks();
    },
    async cut() {
      fetched.last.cut();
      await time.runMicrotasks();
    },
    event: (id: string, data: string, type?: string) =>
      send(`${type ? `event: ${type}\n` : ""}data: ${data}\nid: ${id}\n\n`),
    status: (status: Status, id?: string) =>
      send(
        `event: status\ndata: ${JSON.stringify(status)}\n${
          id ? `id: ${id}\n` : ""
        }\n`,
      ),
    [Symbol.dispose]() {
      stream.close();
      fetched[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("ChannelStream shows every event of one channel, whatever its type", async () => {
  using w = world("news");
  w.stream.open();
  assertEquals(w.fetched.last.url, "sse/news?latest=50");
  assertEquals(w.view().connection, "connecting");
  await w.open();
  await w.event("1-0", "a");
  await w.event("2-0", "b", "x");
  await w.event("3-0", "c", "chat#x");
  assertEquals(w.rows(), [
    "1-0 news message a",
    "2-0 news x b",
    "3-0 news chat#x c",
  ]);
  assertEquals(w.view().connection, "live");
  assertEquals(w.view().lastId, "3-0");
});

Deno.test("ChannelStream splits the type into channel and type if there are several channels", async () => {
  using w = world("news", "chat");
  w.stream.open();
  assertEquals(w.fetched.last.url, "sse/news,chat?latest=50");
  await w.open();
  await w.event("1-0", "a", "news");
  await w.event("2-0", "b", "news#x:y#z");
  await w.event("3-0", "c", "chat");
  await w.event("4-0", "d", "news:x");
  assertEquals(w.rows(), [
    "1-0 news message a",
    "2-0 news x:y#z b",
    "3-0 chat message c",
    "4-0 news:x message d",
  ]);
});

Deno.test("ChannelStream splits the type of a pattern's events, too", async () => {
  using w = world("news.*");
  w.stream.open();
  assertEquals(w.fetched.last.url, "sse/news.*?latest=50");
  await w.open();
  await w.event("1-0", "a", "news.a");
  await w.event("2-0", "b", "news.b#x");
  assertEquals(w.rows(), ["1-0 news.a message a", "2-0 news.b x b"]);
});

Deno.test("ChannelStream calls an idle stream live, but not a stream that is opened only to be closed", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  assertEquals(w.view().connection, "connecting");
  await w.time.tickAsync(1_000);
  assertEquals(w.view().connection, "connecting");
  await w.status({ state: "live" }, "5-0");
  assertEquals(w.view().connection, "live");
  assertEquals(w.rows(), []);
  await w.cut();
  await w.time.tickAsync(3_000);
  await w.open();
  await w.status({ state: "overloaded" });
  await w.cut();
  await w.time.tickAsync(1_000);
  assertEquals(w.view().connection, "reconnecting");
  assertEquals(w.view().note, "the server is full");
});

Deno.test("ChannelStream does not call a stream live that has not said anything yet", async () => {
  using w = world("news");
  w.stream.open();
  w.fetched.last.open();
  await w.time.tickAsync(1_000);
  assertEquals(w.view().connection, "connecting");
  w.fetched.last.send("retry: 3000\n:\n");
  await w.time.tickAsync(1_000);
  assertEquals(w.view().connection, "connecting");
});

Deno.test("ChannelStream is reconnecting after two and a half heartbeats without a byte", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.event("1-0", "a");
  for (let i = 0; i < 3; i++) {
    await w.time.tickAsync(2.5 * HEARTBEAT_MS);
    assertEquals(w.view().connection, "live");
    w.fetched.last.send(":\n");
    await w.time.runMicrotasks();
  }
  await w.time.tickAsync(2.5 * HEARTBEAT_MS + 500);
  assertEquals(w.view().connection, "reconnecting");
  assertEquals(w.view().note, "");
  assertEquals(w.rows().at(-1), "the connection was lost");
  await w.time.tickAsync(3_000);
  assertEquals(w.fetched.last.headers.get("last-event-id"), "1-0");
});

Deno.test("ChannelStream comes back at once where the page is shown again and its connection is old", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.event("1-0", "a");
  w.stream.refresh();
  assertEquals(w.fetched.all.length, 1);
  // The machine slept, and no timer has run since.
  w.time.setSystemClock(60_000);
  w.stream.refresh();
  assertEquals(w.fetched.all.length, 2);
  assertEquals(w.view().connection, "reconnecting");
  assertEquals(w.fetched.last.headers.get("last-event-id"), "1-0");
  // While it waits for the next try, too.
  await w.cut();
  w.stream.refresh();
  assertEquals(w.fetched.all.length, 3);
});

Deno.test("ChannelStream comes back at once with the network, and from a refusal", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.status({ state: "live" });
  w.stream.comeBack();
  assertEquals(w.view().connection, "reconnecting");
  assertEquals(w.fetched.all.length, 2);
  w.fetched.last.refuse(502);
  await w.time.runMicrotasks();
  assertEquals(w.view().connection, "closed");
  w.stream.comeBack();
  assertEquals(w.fetched.all.length, 3);
  await w.open();
  await w.time.tickAsync(11_000);
  assertEquals(w.fetched.all.length, 3);
});

Deno.test("ChannelStream that is dropped comes back after its last id, and says what came back", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.event("1-0", "a");
  w.stream.drop();
  assertEquals(w.view().connection, "reconnecting");
  assertEquals(w.view().note, "the connection was dropped");
  assertEquals(w.fetched.last.signal.aborted, true);
  await w.time.tickAsync(7_999);
  assertEquals(w.fetched.all.length, 1);
  await w.time.tickAsync(1);
  assertEquals(w.fetched.last.headers.get("last-event-id"), "1-0");
  await w.open();
  await w.event("2-0", "b");
  await w.status({ state: "resumed", replayed: 1 });
  assertEquals(w.view().connection, "live");
  assertEquals(w.view().note, "1 missed event came back");
  assertEquals(w.rows(), [
    "1-0 news message a",
    "the connection was dropped",
    "2-0 news message b",
    "1 missed event came back",
  ]);
});

Deno.test("ChannelStream that is dropped comes back at once when it is opened", async () => {
  using w = world("news");
  w.stream.open();
  w.stream.drop();
  w.stream.open();
  assertEquals(w.fetched.all.length, 2);
  await w.open();
  await w.time.tickAsync(10_000);
  assertEquals(w.fetched.all.length, 2);
});

Deno.test("ChannelStream that saw no event goes on after the place where it became live", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.status({ state: "live" }, "5-0");
  await w.cut();
  await w.time.tickAsync(3_000);
  assertEquals(w.fetched.last.url, "sse/news");
  assertEquals(w.fetched.last.headers.get("last-event-id"), "5-0");
  await w.open();
  await w.status({ state: "resumed", replayed: 0 }, "7-0");
  // A new source, too.
  w.stream.drop();
  w.stream.open();
  assertEquals(w.fetched.last.url, "sse/news");
  assertEquals(w.fetched.last.headers.get("last-event-id"), "7-0");
});

Deno.test("ChannelStream that is cut before it heard where it is begins anew with the newest events", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.time.tickAsync(1_000);
  await w.cut();
  await w.time.tickAsync(3_000);
  assertEquals(w.fetched.last.url, "sse/news?latest=50");
});

Deno.test("ChannelStream keeps what it shows when a live stream says again where it is", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.event("1-0", "a");
  await w.status({ state: "resumed", replayed: 7 }, "1-0");
  await w.status({ state: "live" }, "9-0");
  assertEquals(w.view().note, "7 missed events came back");
  assertEquals(w.view().lastId, "9-0");
  // The place is no event: older ones are those before the last event.
  const done = w.stream.showOlder();
  await w.open();
  await w.event("0-5", "older");
  await w.event("1-0", "a");
  await done;
  assertEquals(w.rows()[0], "0-5 news message older");
});

Deno.test("ChannelStream has a row for each thing that the server says of the stream", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.status({ state: "resumed", replayed: 7 });
  await w.status({ state: "reset" });
  await w.status({ state: "lagged", missed: 120 });
  assertEquals(w.view().note, "120 events lost: the connection is slow");
  await w.status({ state: "draining" });
  await w.cut();
  assertEquals(w.view().note, "the server is shutting down");
  await w.time.tickAsync(3_000);
  await w.open();
  await w.status({ state: "resumed", replayed: 0 });
  assertEquals(w.view().note, "");
  assertEquals(w.rows(), [
    "7 missed events came back",
    "what was missed cannot be known",
    "120 events lost: the connection is slow",
    "the server is shutting down",
    "nothing was missed",
  ]);
});

for (const data of UNKNOWN) {
  Deno.test(`ChannelStream says that it does not know the status ${data}, and reads on`, async () => {
    using w = world("news");
    w.stream.open();
    await w.open();
    w.fetched.last.send(`event: status\ndata: ${data}\n\n`);
    await w.time.runMicrotasks();
    assertEquals(w.view().connection, "connecting");
    await w.event("1-0", "a");
    assertEquals(w.rows(), [
      "the server said something that this page does not know",
      "1-0 news message a",
    ]);
    assertEquals(w.view().connection, "live");
  });
}

Deno.test("ChannelStream that is dropped stays so for 8 s, whatever the page does", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.event("1-0", "a");
  w.stream.drop();
  await w.time.tickAsync(1_000);
  w.stream.refresh();
  w.stream.comeBack();
  w.stream.suspect("");
  assertEquals(w.view().note, "the connection was dropped");
  await w.time.tickAsync(6_999);
  assertEquals(w.fetched.all.length, 1);
  await w.time.tickAsync(1);
  assertEquals(w.fetched.all.length, 2);
  // From then on it comes back as ever.
  await w.cut();
  w.stream.refresh();
  assertEquals(w.fetched.all.length, 3);
});

Deno.test("ChannelStream reconnects at once when the clock falls silent, unless it brought something just now", async () => {
  using w = world("news");
  w.stream.open();
  w.stream.suspect("not live yet");
  await w.open();
  await w.event("1-0", "a");
  await w.time.tickAsync(900);
  w.stream.suspect("too early");
  assertEquals(w.fetched.all.length, 1);
  assertEquals(w.view().connection, "live");
  await w.time.tickAsync(100);
  w.stream.suspect("the clock fell silent");
  assertEquals(w.view().connection, "reconnecting");
  assertEquals(w.view().note, "the clock fell silent");
  assertEquals(w.fetched.all.length, 2);
  assertEquals(w.fetched.last.headers.get("last-event-id"), "1-0");
  await w.open();
  await w.status({ state: "resumed", replayed: 0 });
  assertEquals(w.rows(), [
    "1-0 news message a",
    "the clock fell silent",
    "nothing was missed",
  ]);
  // The page was left, and its stream closed.
  await w.time.tickAsync(5_000);
  w.stream.close();
  w.stream.suspect("out of sight");
  assertEquals(w.fetched.all.length, 2);
});

Deno.test("ChannelStream starts again with other channels", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.event("1-0", "a");
  w.stream.choose(["news"]);
  assertEquals(w.fetched.all.length, 1);
  w.stream.choose(["chat", "news"]);
  assertEquals(w.fetched.last.url, "sse/chat,news?latest=50");
  assertEquals(w.fetched.last.headers.get("last-event-id"), null);
  assertEquals(w.rows(), []);
  w.stream.pause();
  w.stream.choose(["chat"]);
  assertEquals(w.fetched.all.length, 2);
  assertEquals(w.view().connection, "paused");
});

Deno.test("ChannelStream begins with the newest events, also where the server was full at first", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.status({ state: "overloaded" });
  await w.cut();
  await w.time.tickAsync(10_000);
  const urls = w.fetched.all.map(({ url }) => url);
  assert(urls.length > 1);
  assertEquals(new Set(urls), new Set(["sse/news?latest=50"]));
});

Deno.test("ChannelStream brings in older events, until there are none", async () => {
  using w = world("news", "chat");
  w.stream.open();
  await w.open();
  await w.event("2-0", "b", "chat");
  await w.event("4-0", "d", "news");
  const older = async (...ids: string[]) => {
    const before = w.fetched.all.length;
    const done = w.stream.showOlder();
    // Once at a time.
    w.stream.showOlder();
    assertEquals(w.fetched.all.length, before + 1);
    await w.open();
    for (const id of ids) await w.event(id, id, "news#x");
    await done;
    return w.fetched.last.url;
  };
  assertEquals(
    await older("1-0", "2-0", "3-0", "4-0"),
    "sse/news,chat?latest=201",
  );
  const rows = [
    "1-0 news x 1-0",
    "2-0 chat message b",
    "3-0 news x 3-0",
    "4-0 news message d",
  ];
  assertEquals(w.rows(), rows);
  assertEquals(
    await older("1-0", "2-0", "3-0", "4-0"),
    "sse/news,chat?latest=203",
  );
  assertEquals(w.rows(), rows);
  // There are no more.
  await w.stream.showOlder();
  assertEquals(w.fetched.all.length, 3);
  assertEquals(w.stream.log.events, 2);
  assertEquals(w.stream.log.older, 2);
  assert(w.stream.log.hasOldest);
  w.stream.choose(["chat"]);
  assert(!w.stream.log.hasOldest);
});

Deno.test("ChannelStream brings in older events where a thousand live ones came since", async () => {
  using w = world("news");
  const hour = 3_600_000;
  const live = Array.from({ length: 1_050 }, (_, i) => `${20 * hour + i}-0`);
  const send = async (ids: string[]) => {
    await w.open();
    const text = ids.map((id) => `id: ${id}\ndata: x\n\n`);
    w.fetched.last.send(text.join(""));
    await w.time.runMicrotasks();
  };
  w.stream.open();
  await send(live);
  let done = w.stream.showOlder();
  const urls = () => w.fetched.all.splice(1).map(({ url }) => url);
  await send(live);
  await send(["19-0", "20-0", ...live]);
  await done;
  assertEquals(urls(), [
    `sse/news?since=${20 * hour - 60_000}-0`,
    `sse/news?since=${20 * hour - 480_000}-0`,
  ]);
  assertEquals(w.rows().slice(0, 2), [
    "19-0 news message x",
    "20-0 news message x",
  ]);
  assert(!w.stream.log.hasOldest);
  // The oldest one is from the first minute since 1970: no time before it is left to ask for.
  done = w.stream.showOlder();
  await send(["19-0", "20-0", ...live]);
  await done;
  assertEquals(urls(), ["sse/news?since=earliest"]);
  assert(w.stream.log.hasOldest);
});

Deno.test("ChannelStream asks for the earliest events where the server does not know more than those", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  const send = (ids: number[]) =>
    w.fetched.last.send(ids.map((n) => `id: ${n}-0\ndata: x\n\n`).join(""));
  const live = Array.from({ length: 1_000 }, (_, i) => 1e12 + i);
  send(live);
  await w.time.runMicrotasks();
  const done = w.stream.showOlder();
  await w.open();
  await w.status({ state: "reset" });
  await w.open();
  send([1e12 - 5, ...live]);
  await done;
  assertEquals(w.fetched.last.url, "sse/news?since=earliest");
  assertEquals(w.stream.log.older, 1);
});

Deno.test("ChannelStream asks for no older events than it has room for", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.event("1-0", "a");
  for (let i = 0; i < MAX_ROWS; i++) w.stream.log.addNote(`${i}`);
  await w.stream.showOlder();
  assertEquals(w.fetched.all.length, 1);
});

Deno.test("ChannelStream asks for older events again where the answer was lost, refused, or without end", async () => {
  using w = world("news");
  w.stream.open();
  await w.open();
  await w.event("4-0", "d");
  for (
    const fail of [
      () => w.cut(),
      () => Promise.resolve(w.fetched.last.refuse(503)),
      async () => {
        await w.open();
        await w.event("1-0", "a");
        await w.time.tickAsync(5_000);
      },
    ]
  ) {
    const before = w.fetched.all.length;
    const done = w.stream.showOlder();
    assertEquals(w.fetched.all.length, before + 1);
    await fail();
    await done;
    assertEquals(w.rows(), ["4-0 news message d"]);
  }
  // What comes for other channels does not count any more.
  const done = w.stream.showOlder();
  const { last } = w.fetched;
  w.stream.choose(["chat"]);
  last.begin();
  last.send("id: 1-0\ndata: a\n\nid: 4-0\ndata: d\n\n");
  await done;
  assertEquals(w.rows(), []);
  await w.open();
  await w.event("9-0", "new");
  w.stream.showOlder();
  assertEquals(w.fetched.last.url, "sse/chat?latest=201");
});

Deno.test("ChannelStream begins with the newest events of other channels, though the first ones were live without any", async () => {
  using w = world("a");
  w.stream.open();
  await w.open();
  await w.status({ state: "live" }, "5-0");
  assertEquals(w.view().connection, "live");
  w.stream.choose(["b"]);
  assertEquals(w.fetched.last.url, "sse/b?latest=50");
});

Deno.test("ChannelStream that is paused as soon as it opens stays paused", async () => {
  using w = world("a");
  w.stream.open();
  await w.open();
  w.stream.pause();
  await w.time.tickAsync(1_000);
  assertEquals(w.view().connection, "paused");
});
