import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { PauseWatch } from "../../server/pause_watch.ts";
import { shareCounts, SharedCounts } from "../../server/shared_counts.ts";

Deno.test("PauseWatch tells each thread of the others' pauses, once each, and not of its own", () => {
  using time = new FakeTime();
  const memory = shareCounts(2, 1);
  const told: number[] = [];
  const [a, b] = [0, 1].map((thread) =>
    new PauseWatch(
      new SharedCounts({ memory, thread }),
      () => told.push(thread),
    )
  );
  using _a = a!;
  using _b = b!;
  time.tick(1_000);
  assertEquals(told, []);
  a!.notePause();
  time.tick(100);
  time.tick(1_000);
  assertEquals(told, [1]);
  b!.notePause();
  a!.notePause();
  time.tick(100);
  assertEquals(told.slice(1).sort(), [0, 1]);
});
