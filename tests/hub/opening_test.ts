import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { Hub } from "../../hub/hub.ts";
import { UnavailableError } from "../../journal/history.ts";
import { ListHistory } from "../support/list_history.ts";
import { EventReader } from "../support/event_reader.ts";
import { openStream } from "../support/open_stream.ts";
import { ALL, begun, setUp, take } from "./set_up.ts";

Deno.test("Hub gives a stream's first event, and no later one, a retry from 2,000 to 4,000 ms", async () => {
  using chime = setUp();
  const drawn = [];
  for (let i = 0; i < 50; i++) {
    await using reader = new EventReader(chime.open(["a"]));
    await chime.publish("a", "first");
    await chime.publish("a", "second");
    const [first, second] = await reader.take(2);
    assertEquals(second!.retry, undefined);
    drawn.push(first!.retry!);
  }
  assert(drawn.every((ms) => ms >= 2_000 && ms <= 4_000), `${drawn}`);
  assert(new Set(drawn).size > 10, `${drawn}`);
});

Deno.test("Hub begins each stream at once with the line retry, before there is anything to say", async () => {
  using chime = setUp();
  const reader = chime.open(["a"]).getReader();
  const { value } = await reader.read();
  assertMatch(new TextDecoder().decode(value), /^retry:\d{4}\n$/);
  await chime.publish("a", "1");
  const { value: event } = await reader.read();
  assertEquals(new TextDecoder().decode(event), "data: 1\nid: 1-0\n\n");
});

Deno.test("Hub begins a fresh stream with the newest event of each channel, if asked to", async () => {
  using chime = setUp();
  for (const name of ["a", "b", "a", "b", "b"]) await chime.publish(name, "");
  const reader = new EventReader(
    chime.open(["a", "b", "c"], { kind: "latest", count: 1 }),
  );
  assertEquals(await take(reader, 2), [
    { event: "a", data: "", id: "3-0" },
    { event: "b", data: "", id: "5-0" },
  ]);
  await chime.publish("c", "");
  assertEquals(await take(reader, 1), [{ event: "c", data: "", id: "6-0" }]);
});

for (const [which, count] of [["", 0], [", though nobody reads", 2]] as const) {
  Deno.test(`Hub goes on from where a stream was opened, though its newest event is found later${which}`, async () => {
    using chime = setUp();
    await chime.publish("a", "1");
    const stream = chime.open(["a"], { kind: "latest", count: 1 });
    for (let i = 0; i < count; i++) await chime.publish("a", "unread");
    const { latest } = chime.history;
    chime.history.latest = () => Promise.reject(new UnavailableError("away"));
    const events = take(new EventReader(stream), 3 + count);
    await delay(0);
    chime.history.latest = latest;
    const later = ["2", "3"].map((data) => chime.history.add("a", data));
    await chime.hub.append(later, chime.history.last);
    assertEquals(
      (await events).map(({ data }) => data),
      ["1", ...Array(count).fill("unread"), "2", "3"],
    );
  });
}

Deno.test("Hub writes the newest events of each channel a few at a time, and goes on with what came meanwhile", async () => {
  using chime = setUp();
  for (let i = 0; i < 30; i++) {
    await chime.publish(i % 2 ? "a" : "b", `${i}`.padEnd(10_000));
  }
  const stream = chime.open(["a", "b"], { kind: "latest", count: 10 });
  const reader = await begun(stream);
  const ids: string[] = [];
  while (ids.length < 21) {
    const { value } = await reader.read();
    assertLess(value!.length, 100_000);
    const text = new TextDecoder().decode(value);
    if (ids.length === 0) await chime.publish("a", "meanwhile");
    ids.push(...[...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id!));
  }
  assertEquals(ids, Array.from({ length: 21 }, (_, i) => `${i + 11}-0`));
  await reader.cancel();
});

Deno.test("Hub refills a fresh stream from where the timeline began, if it was opened before", async () => {
  const history = new ListHistory();
  for (const data of ["1", "2", "3"]) history.add("a", data);
  using hub = new Hub(history, {
    ringLimits: { ...ALL, maxFrames: 2 },
    saysLive: false,
  });
  const stream = openStream(hub, ["a"]);
  await hub.begin("3-0");
  const later = ["4", "5", "6", "7"].map((data) => history.add("a", data));
  await hub.append(later, history.last);
  const events = await take(new EventReader(stream), 4);
  assertEquals(events.map(({ data }) => data), ["4", "5", "6", "7"]);
});
