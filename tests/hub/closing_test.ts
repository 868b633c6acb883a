import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import type { ReadAnswer } from "../../journal/history.ts";
import { EventReader } from "../support/event_reader.ts";
import { after } from "../support/open_stream.ts";
import { setUp, take } from "./set_up.ts";
import { CapturedLog } from "../support/captured_log.ts";

Deno.test("Hub ends every stream with a status and a retry, also one that nobody reads yet", async () => {
  using chime = setUp();
  const parked = chime.open(["a"]);
  const reader = new EventReader(parked);
  const unread = chime.open(["b"]);
  await chime.publish("a", "1");
  await take(reader, 1);
  chime.hub.closeAll({ state: "draining" });
  for (
    const events of [await reader.rest(), await new EventReader(unread).rest()]
  ) {
    assertEquals(events.length, 1);
    assertEquals(events[0]!.data, '{"state":"draining"}');
    assert(events[0]!.retry! >= 2_000);
  }
  assertEquals(chime.hub.subscriberCount, 0);
});

Deno.test("Hub keeps nothing of subscribers whose readers left", async () => {
  using chime = setUp();
  const streams = Array.from(
    { length: 1_000 },
    (_, i) => chime.open([`c${i % 10}`, "all"]),
  );
  const readers = streams.map((stream) => stream.getReader());
  const pending = readers.map((reader) => reader.read());
  assertEquals(chime.hub.subscriberCount, 1_000);
  assertEquals(chime.hub.subscribersOf("all"), 1_000);
  await chime.publish("all", "1");
  await Promise.all(pending);
  await Promise.all(readers.map((reader) => reader.cancel()));
  assertEquals(chime.hub.subscriberCount, 0);
  assertEquals(chime.hub.channels, []);
});

Deno.test("Hub lets a reader leave while its history is read", async () => {
  using chime = setUp();
  await chime.publish("a", "1");
  const { promise, resolve } = Promise.withResolvers<ReadAnswer>();
  chime.history.read = () => promise;
  const reader = chime.open(["a"], after("0-0")).getReader();
  const read = reader.read();
  await reader.cancel();
  resolve({
    kind: "found",
    records: [...chime.history.events],
    isComplete: true,
  });
  assertEquals((await read).done, true);
  assertEquals(chime.hub.subscriberCount, 0);
});

Deno.test("Hub logs nothing when a reader leaves while its history is read", async () => {
  using chime = setUp();
  using log = new CapturedLog();
  await chime.publish("a", "1");
  const { promise, resolve } = Promise.withResolvers<ReadAnswer>();
  chime.history.read = () => promise;
  const reader = chime.open(["a"], after("0-0")).getReader();
  const read = reader.read();
  await Promise.resolve();
  await reader.cancel();
  resolve({
    kind: "found",
    records: [...chime.history.events],
    isComplete: true,
  });
  await read;
  await delay(0);
  assertEquals(log.lines, []);
});

Deno.test("Hub counts all bytes of a stream, those that it ends with too", async () => {
  using chime = setUp();
  const stream = chime.open(["a"]);
  await chime.publish("a", "1");
  const bytes = new Response(stream).bytes();
  await delay(0);
  chime.hub.closeAll({ state: "draining" });
  assertEquals(chime.hub.sent.bytes, (await bytes).length);
});
