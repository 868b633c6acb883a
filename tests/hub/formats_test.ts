import { assertEquals } from "@std/assert";
import { Faults } from "../../hub/faults.ts";
import { ByteCount } from "../../hub/byte_count.ts";
import { Hub } from "../../hub/hub.ts";
import { Memory } from "../../hub/memory.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { EventReader } from "../support/event_reader.ts";
import { ListHistory } from "../support/list_history.ts";
import { after, openStream } from "../support/open_stream.ts";
import { ALL, begun, setUp, status, take } from "./set_up.ts";

/** The JSON in the events' data, without statuses. */
async function envelopes(reader: EventReader, count: number) {
  const events = await take(reader, count);
  return events.map(({ event, data, id }) => {
    assertEquals(event, undefined);
    const envelope = JSON.parse(data!);
    assertEquals(envelope.id, id);
    return envelope;
  });
}

Deno.test("Hub sends several channels without their names where they are not to be named", async () => {
  using chime = setUp();
  await chime.publish("a.b", "0");
  const flat = ["a.*", "z"];
  const reader = new EventReader(chime.open(flat, after("0-0"), "flat"));
  assertEquals(await take(reader, 2), [
    { data: "0", id: "1-0" },
    status({ state: "resumed", replayed: 1 }),
  ]);
  await chime.publish("a.c", "1", "kind");
  await chime.publish("z", "2");
  assertEquals(await take(reader, 2), [
    { event: "kind", data: "1", id: "2-0" },
    { data: "2", id: "3-0" },
  ]);
});

Deno.test("Hub sends JSON with everything as published, from the history and live, and statuses as ever", async () => {
  using chime = setUp();
  const data = "a\rb\r\nc\n \u2028\0";
  await chime.publish("a", data, "kind");
  const reader = new EventReader(chime.open(["a"], after("0-0"), "json"));
  assertEquals(await envelopes(reader, 1), [
    { channel: "a", type: "kind", id: "1-0", data },
  ]);
  assertEquals(await take(reader, 1), [
    status({ state: "resumed", replayed: 1 }),
  ]);
  await chime.publish("a", data);
  await chime.publish("a", "", "kind");
  assertEquals(await envelopes(reader, 2), [
    { channel: "a", type: "message", id: "2-0", data },
    { channel: "a", type: "kind", id: "3-0", data: "" },
  ]);
});

Deno.test("Hub shares the bytes of each format among its streams, also those of names and of patterns", async () => {
  using chime = setUp();
  for (const format of ["named", "flat", "json"] as const) {
    const readers = await Promise.all(
      [["a.b", "z"], ["a.b", "z"], ["*"], ["a.*"]].map((channels) =>
        begun(chime.open(channels, undefined, format))
      ),
    );
    await chime.publish("a.b", format);
    const chunks = await Promise.all(readers.map((reader) => reader.read()));
    assertEquals(new Set(chunks.map(({ value }) => value)).size, 1);
    await Promise.all(readers.map((reader) => reader.cancel()));
  }
});

Deno.test("Hub makes only the formats that are asked for, counts each, and lets go of them with the last stream", async () => {
  const count = new ByteCount(ByteCount.share(1), 0);
  const memory = new Memory({ maxBytes: Infinity, count });
  const history = new ListHistory();
  using hub = new Hub(history, { last: "0-0", ringLimits: ALL, memory });
  const held: number[] = [];
  const streams = [];
  for (const format of ["flat", "json", "flat", "json"] as const) {
    streams.push(openStream(hub, ["a"], undefined, format));
    const before = memory.bytes;
    const event = history.add("a", "x".repeat(1_000));
    await hub.append([event], event.id);
    held.push(memory.bytes - before);
  }
  const [text, both] = held;
  assertEquals(text! > 1_000 && text! < 1_500, true);
  assertEquals(both! > 2_000 && both! < 3_000, true);
  assertEquals(held, [text, both, both, both]);
  await Promise.all(streams.map((stream) => stream.cancel()));
  assertEquals(memory.bytes, 0);
});

Deno.test("Hub sends as JSON what no event stream can carry as text", async () => {
  using log = new CapturedLog();
  const faults = new Faults();
  const history = new ListHistory();
  using hub = new Hub(history, { last: "0-0", saysLive: false, faults });
  const json = new EventReader(openStream(hub, ["a"], undefined, "json"));
  const event = history.add("a", "\ud800");
  await hub.append([event], event.id);
  assertEquals((await envelopes(json, 1))[0].data, "\ud800");
  assertEquals(faults.count, 0);
  assertEquals(log.lines, []);
});
