import { assertEquals } from "@std/assert";
import { shareCounts, SharedCounts } from "../../server/shared_counts.ts";

const KEY = [1, 2] as const;

Deno.test("SharedCounts adds up what all threads count", () => {
  const memory = shareCounts(3, 10);
  const [a, b, c] = [0, 1, 2].map((i) =>
    new SharedCounts({ memory, thread: i })
  );
  a!.add("connections", 1);
  b!.add("connections", 1);
  b!.add("connections", 1);
  b!.add("connections", -1);
  c!.set("streams", 5);
  a!.addAddress(KEY);
  c!.addAddress(KEY);
  c!.addAddress([2, 1]);
  for (const counts of [a!, b!, c!]) {
    assertEquals(counts.total("connections"), 2);
    assertEquals(counts.total("streams"), 5);
    assertEquals(counts.total("sockets"), 0);
    assertEquals([counts.ofAddress(KEY), counts.ofAddress([2, 1])], [2, 1]);
  }
  c!.removeAddress(KEY);
  assertEquals(a!.ofAddress(KEY), 1);
});

Deno.test("SharedCounts forgets what one thread counted, and keeps the rest", () => {
  const memory = shareCounts(2, 10);
  const [a, b] = [0, 1].map((i) => new SharedCounts({ memory, thread: i }));
  for (const counts of [a!, b!]) {
    counts.add("sockets", 1);
    counts.addAddress(KEY);
  }
  new SharedCounts({ memory, thread: 1 }).clear();
  assertEquals([a!.total("sockets"), a!.ofAddress(KEY)], [1, 1]);
});
