import { assertEquals, assertRejects } from "@std/assert";
import type { ChimeSource, StatusEvent } from "../../client/client.d.ts";
import { world } from "./world.ts";

/** Starts to read with a loop, and returns what it read so far. */
function read(source: ChimeSource) {
  const read: string[] = [];
  const ended = (async () => {
    for await (const event of source) {
      read.push(
        event.state
          ? `${event.state} ${event.missed ?? ""}`.trim()
          : `${event.type} ${event.data}`,
      );
    }
  })();
  return { read, ended };
}

/** That many events, from a number on. */
function events(count: number, first = 1): string {
  return Array.from({ length: count }, (_, i) => `data: ${first + i}\n\n`)
    .join("");
}

Deno.test("A loop gets messages of every type and statuses, and ends when the source is closed", async () => {
  using w = world();
  const loop = read(w.source);
  await w.open(
    'event: status\ndata: {"state":"live"}\n\nevent: x\ndata: a\n\n',
  );
  await w.lose();
  await w.open("data: b\n\n");
  w.source.close();
  await loop.ended;
  assertEquals(loop.read, ["live", "x a", "reconnecting", "message b"]);
});

Deno.test("1,000 events wait for a slow loop, which is told how many more were lost", async () => {
  using w = world();
  const reading = w.source[Symbol.asyncIterator]();
  const first = reading.next();
  await w.open(events(1));
  await first;
  w.fetched.last.send(events(1_000, 2));
  await w.settle();
  assertEquals((await reading.next()).value!.data, "2");
  // One has been taken.
  w.fetched.last.send(events(4, 1_002));
  await w.settle();
  const { value: lagged } = await reading.next();
  assertEquals([lagged!.type, lagged!.state], ["status", "lagged"]);
  assertEquals((lagged as StatusEvent).missed, 3);
  const rest: string[] = [];
  while (rest.length < 1_000) rest.push((await reading.next()).value!.data);
  assertEquals([rest[0], rest.at(-1)], ["6", "1005"]);
});

Deno.test("What was lost is stored as done once the loop knows, and what still waits is not", async () => {
  const stored: string[] = [];
  const setItem = (_key: string, id: string) => void stored.push(id);
  using w = world({ storage: { getItem: () => null, setItem } });
  const reading = w.source[Symbol.asyncIterator]();
  const first = reading.next();
  await w.open("id: 1-0\ndata: a\n\n");
  await first;
  const many = Array.from(
    { length: 1_002 },
    (_, i) => `id: ${i + 2}-0\ndata\n\n`,
  );
  w.fetched.last.send(many.join(""));
  await w.settle();
  assertEquals((await reading.next()).value!.lastEventId, "3-0");
  assertEquals(stored, ["1-0"]);
  assertEquals((await reading.next()).value!.lastEventId, "4-0");
  assertEquals(stored, ["1-0", "3-0"]);
});

Deno.test("A loop that is left keeps nothing, and leaves the source open", async () => {
  const stored: string[] = [];
  const setItem = (_key: string, id: string) => void stored.push(id);
  using w = world({ storage: { getItem: () => null, setItem } });
  const left = (async () => {
    for await (const { data } of w.source) return data;
    return undefined;
  })();
  await w.open("data: a\n\n");
  assertEquals(await left, "a");
  w.fetched.last.send("id: 2-0\ndata: b\n\n");
  await w.settle();
  // Nothing waits for it any more.
  assertEquals(stored, ["2-0"]);
  assertEquals(w.take(), ["open", "news#message: a", "news#message: b"]);
});

Deno.test("Two loops get every event each", async () => {
  using w = world();
  const loops = [read(w.source), read(w.source)];
  await w.open(events(3));
  w.source.close();
  for (const { ended, read } of loops) {
    await ended;
    assertEquals(read, ["message 1", "message 2", "message 3"]);
  }
});

Deno.test("A loop over a source that was refused throws why", async () => {
  using w = world();
  const { ended } = read(w.source);
  await w.settle();
  w.fetched.last.problem(403, "not yours");
  await assertRejects(
    () => ended,
    Error,
    "Refused: http://chime.test/sse/news is 403 not yours",
  );
  // So does one that begins afterwards.
  await assertRejects(() => read(w.source).ended, Error, "is 403");
});

Deno.test("A loop over a stream that has ended just ends", async () => {
  using w = world();
  const { ended, read: told } = read(w.source);
  await w.settle();
  w.fetched.last.refuse(204);
  await ended;
  assertEquals(told, ["ended"]);
  await read(w.source).ended;
});
