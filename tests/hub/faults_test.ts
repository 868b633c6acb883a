import { assertEquals, assertRejects } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import type { Hub } from "../../hub/hub.ts";
import { EventReader } from "../support/event_reader.ts";
import { after } from "../support/open_stream.ts";
import { begun, setUp, take } from "./set_up.ts";
import { CapturedLog } from "../support/captured_log.ts";

Deno.test("Hub cuts the stream whose history fails, and no other", async () => {
  using chime = setUp();
  await chime.publish("a", "1");
  const other = new EventReader(chime.open(["a"]));
  chime.history.read = () => Promise.reject(new Error("no disk"));
  using log = new CapturedLog();
  const reader = await begun(chime.open(["a"], after("0-0")));
  const failure = await reader.read().catch((error) => error);
  assertEquals(failure.message, "no disk");
  assertEquals(log.lines, ["error a stream was cut"]);
  assertEquals(log.records[0]!.fields.error, "Error: no disk");
  assertEquals(chime.hub.subscriberCount, 1);
  await chime.publish("a", "2");
  assertEquals(await take(other, 1), [{ data: "2", id: "2-0" }]);
});

/** Has the next write to a stream fail. */
function failNextWrite() {
  const { prototype } = ReadableStreamDefaultController;
  const { enqueue } = prototype;
  let isFailing = true;
  return stub(
    prototype,
    "enqueue",
    function (this: ReadableStreamDefaultController, chunk: unknown) {
      if (!isFailing) return enqueue.call(this, chunk);
      isFailing = false;
      throw new Error("no memory");
    },
  );
}

for (
  const [when, act] of [
    [
      "an event",
      (hub) => hub.append([{ channel: "a", data: "1", id: "1-0" }], "1-0"),
    ],
    ["a new timeline", (hub) => hub.reset("1-0")],
    ["the heartbeat", (_hub, time) => time.tickAsync(15_000)],
    ["the end", (hub) => hub.closeAll({ state: "draining" })],
  ] as readonly [string, (hub: Hub, time: FakeTime) => unknown][]
) {
  Deno.test(`Hub cuts the one stream that fails at ${when}, logs and counts it; the others go on`, async () => {
    using time = new FakeTime();
    using chime = setUp();
    using log = new CapturedLog();
    const readers = await Promise.all(
      Array.from({ length: 20 }, () => begun(chime.open(["a"]))),
    );
    const reads = Promise.allSettled(readers.map((reader) => reader.read()));
    await time.runMicrotasks();
    using _failing = failNextWrite();
    await act(chime.hub, time);
    await time.tickAsync(100);
    const results = await reads;
    const failed = results.filter(({ status }) => status === "rejected");
    assertEquals(failed.length, 1);
    const written = results.filter((result) =>
      result.status === "fulfilled" && result.value.value!.length > 0
    );
    assertEquals(written.length, 19);
    assertEquals(chime.hub.faults.count, 1);
    assertEquals(log.lines, ["error a stream was cut"]);
    assertEquals(log.records[0]!.fields.error, "Error: no memory");
    assertEquals(chime.hub.subscriberCount, when === "the end" ? 0 : 19);
  });
}

Deno.test("Hub cuts the one stream that fails when it is asked for more", async () => {
  using chime = setUp();
  using _log = new CapturedLog();
  await chime.publish("a", "1");
  const other = new EventReader(chime.open(["a"], after("0-0")));
  const stream = chime.open(["a"]);
  await chime.publish("a", "2");
  {
    using _failing = failNextWrite();
    await assertRejects(() => stream.getReader().read(), Error, "no memory");
  }
  assertEquals([chime.hub.faults.count, chime.hub.subscriberCount], [1, 1]);
  assertEquals((await other.next())!.data, "1");
});

Deno.test("Hub passes over an event that cannot be encoded, logs and counts it, and goes on", async () => {
  using chime = setUp();
  using log = new CapturedLog();
  const reader = new EventReader(chime.open(["a"]));
  await chime.publish("a", "\uD800");
  await chime.publish("a", "2");
  const ids = async (reader: EventReader) =>
    (await reader.take(1)).map(({ id, comment }) => [comment, id]);
  assertEquals(await ids(reader), [["", "2-0"]]);
  assertEquals(chime.hub.faults.count, 1);
  assertEquals(log.lines[0], "error the event 1-0 cannot be sent");
  // From the history as well.
  const again = new EventReader(chime.open(["a", "b"], after("0-0")));
  assertEquals(await ids(again), [["", "2-0"]]);
});

Deno.test("Hub takes in what comes after something that failed", async () => {
  using chime = setUp();
  const reader = new EventReader(chime.open(["a"]));
  let isRead = false;
  const broken = {
    get channel() {
      if (isRead) throw new Error("broken");
      isRead = true;
      return "a";
    },
    data: "",
    id: "1-0",
  } as const;
  await assertRejects(() => chime.hub.append([broken], "1-0"), Error, "broken");
  await chime.hub.append([{ channel: "a", data: "2", id: "2-0" }], "2-0");
  assertEquals((await reader.take(1))[0]!.data, "2");
});
