import { assertEquals } from "@std/assert";
import type { EventId } from "../../events/event_id.ts";
import type { TailBatch } from "../../journal/journal.ts";
import { TailQueue } from "../../journal/tail_queue.ts";

const event = (n: number, length = 0) => ({
  channel: "a",
  data: "x".repeat(length),
  id: `${n}-0` as EventId,
});

const batch = (n: number, length = 0): TailBatch => ({
  records: [event(n, length)],
  last: `${n}-0`,
});

/** Reads so many batches: how many records each has, up to where, and its gap. */
async function take(queue: TailQueue, count: number) {
  const taken: [number, EventId, TailBatch["gap"]?][] = [];
  for await (const { records, last, gap } of queue) {
    taken.push(gap ? [records.length, last, gap] : [records.length, last]);
    if (taken.length === count) break;
  }
  return taken;
}

Deno.test("TailQueue leaves out what is too much, up to the newest, and goes on after it", async () => {
  const queue = new TailQueue({ maxBytes: 5_000 });
  queue.push({ records: [], last: "1-0" });
  for (let n = 2; n <= 9; n++) queue.push(batch(n, 1_500));
  assertEquals(queue.bytes < 5_000, true);
  assertEquals(await take(queue, 3), [
    [0, "1-0"],
    [0, "7-0", "skip"],
    [2, "9-0"],
  ]);
  assertEquals(queue.bytes, 0);
});

Deno.test("TailQueue makes one reset of a reset and a skip", async () => {
  const queue = new TailQueue({ maxBytes: 5_000 });
  queue.push({ records: [], last: "9-0" });
  queue.push({ records: [], last: "1-0", gap: "reset" });
  for (let n = 2; n <= 5; n++) queue.push(batch(n, 1_500));
  assertEquals(await take(queue, 3), [
    [0, "9-0"],
    [0, "4-0", "reset"],
    [1, "5-0"],
  ]);
});

Deno.test("TailQueue keeps a reset that comes while it is full", async () => {
  const queue = new TailQueue({ maxBytes: 2_000 });
  queue.push({ records: [], last: "1-0" });
  queue.push(batch(2, 1_500));
  queue.push({ records: [], last: "0-7", gap: "reset" });
  queue.push(batch(8, 1_500));
  assertEquals(await take(queue, 2), [[0, "1-0"], [0, "8-0", "reset"]]);
});

Deno.test("TailQueue counts every batch that was pushed as taken, once", async () => {
  const counts: number[] = [];
  const queue = new TailQueue({
    maxBytes: 5_000,
    onTaken: (count) => counts.push(count),
  });
  const reading = (async () => {
    for await (const { last } of queue) if (last === "30-0") queue.close();
  })();
  for (let n = 1; n <= 30; n++) {
    queue.push(n === 1 ? { records: [], last: "1-0" } : batch(n, 1_500));
    if (n % 11 === 0) await new Promise((resolve) => setTimeout(resolve));
  }
  await reading;
  assertEquals(counts.reduce((a, b) => a + b), 30);
});
