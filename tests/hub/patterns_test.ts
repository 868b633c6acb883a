import { assertEquals } from "@std/assert";
import { CapturedLog } from "../support/captured_log.ts";
import { EventReader } from "../support/event_reader.ts";
import { after } from "../support/open_stream.ts";
import { setUp, status, take } from "./set_up.ts";

Deno.test("Hub brings a pattern's streams what it covers, of channels that come later, too, in one order", async () => {
  using chime = setUp();
  const reader = new EventReader(chime.open(["news.*"]));
  await chime.publish("news.a", "1");
  await chime.publish("newsa", "not covered");
  await chime.publish("news", "not covered");
  await chime.publish("news.b", "2", "kind");
  await chime.publish("news.b.c", "3");
  assertEquals(await take(reader, 3), [
    { event: "news.a", data: "1", id: "1-0" },
    { event: "news.b#kind", data: "2", id: "4-0" },
    { event: "news.b.c", data: "3", id: "5-0" },
  ]);
});

Deno.test("Hub brings an event once, however many names and patterns of a stream cover it", async () => {
  using chime = setUp();
  const reader = new EventReader(
    chime.open(["a.b", "a.*", "a.b.*", "z", "a.*"]),
  );
  await chime.publish("a.b", "1");
  await chime.publish("a.b.c", "2");
  await chime.publish("z", "3");
  assertEquals((await take(reader, 3)).map(({ data }) => data), [
    "1",
    "2",
    "3",
  ]);
});

Deno.test("Hub counts a pattern's streams among those of each channel that it covers, in every format", () => {
  using chime = setUp();
  chime.open(["a.b", "a.*"]);
  chime.open(["*"], undefined, "json");
  chime.open(["a.b"], undefined, "flat");
  chime.open(["a.b.*"]);
  assertEquals(chime.hub.subscribersOf("a.b"), 3);
  assertEquals(chime.hub.subscribersOf("a.b.c"), 3);
  assertEquals(chime.hub.subscribersOf("z"), 1);
});

Deno.test("Hub replays a pattern's events from the history, and its newest of each channel", async () => {
  using chime = setUp();
  for (const [i, name] of ["a.x", "b", "a.y", "a.x"].entries()) {
    await chime.publish(name, `${i}`);
  }
  const resumed = new EventReader(chime.open(["a.*"], after("1-0")));
  assertEquals(await take(resumed, 3), [
    { event: "a.y", data: "2", id: "3-0" },
    { event: "a.x", data: "3", id: "4-0" },
    status({ state: "resumed", replayed: 2 }),
  ]);
  const latest = new EventReader(
    chime.open(["a.*"], { kind: "latest", count: 1 }),
  );
  assertEquals((await take(latest, 2)).map(({ id }) => id), ["3-0", "4-0"]);
});

Deno.test("Hub resets a pattern's stream where a channel that it covers has lost events", async () => {
  using chime = setUp();
  await chime.publish("a.x", "1");
  await chime.publish("a.y", "2");
  chime.history.floors.set("a.x", "2-0");
  const reader = new EventReader(chime.open(["a.*"], after("1-0")));
  assertEquals(await take(reader, 1), [status({ state: "reset" })]);
});

Deno.test("Hub brings a pattern's streams what the tail left out", async () => {
  using chime = setUp();
  const reader = new EventReader(chime.open(["a.*"]));
  const other = new EventReader(chime.open(["b.*"]));
  await chime.publish("a.x", "1");
  chime.history.add("a.y", "2");
  await chime.hub.skip("2-0");
  await chime.publish("a.x", "3");
  await chime.publish("b.x", "4");
  assertEquals((await take(reader, 3)).map(({ data }) => data), [
    "1",
    "2",
    "3",
  ]);
  const { reads } = chime.history;
  assertEquals((await take(other, 1)).map(({ data }) => data), ["4"]);
  assertEquals(chime.history.reads, reads);
});

Deno.test("Hub cuts a pattern's streams with a channel that it covers", async () => {
  using _log = new CapturedLog();
  using chime = setUp();
  const reader = chime.open(["a.*"]).getReader();
  const other = chime.open(["b.*"]).getReader();
  await Promise.all([reader.read(), other.read()]);
  chime.hub.cut("a.x", new Error("no event"));
  assertEquals(chime.hub.channels, ["b.*"]);
  await reader.closed.catch(({ message }) => assertEquals(message, "no event"));
  await other.cancel();
  assertEquals(chime.hub.channels, []);
});
