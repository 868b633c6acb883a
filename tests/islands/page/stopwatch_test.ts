import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Stopwatch } from "../../../islands/page/stopwatch.ts";

Deno.test("Stopwatch measures from its last start, though nobody read it before", () => {
  using time = new FakeTime();
  const watch = new Stopwatch();
  time.tick(10_000);
  watch.restart();
  time.tick(100);
  assertEquals(watch.read(), 100);
  time.tick(100);
  assertEquals(watch.read(), 200);
});

Deno.test("Stopwatch counts by the wall clock where that went more than a second further, and each step once", () => {
  using time = new FakeTime();
  const watch = new Stopwatch();
  time.tick(100);
  time.setSystemClock(1_000);
  assertEquals(watch.read(), 100);
  time.tick(100);
  time.setSystemClock(1_001);
  assertEquals(watch.read(), 100 + 100 + 1_001);
  time.setSystemClock(-60_000);
  time.tick(100);
  assertEquals(watch.read(), 100 + 100 + 1_001 + 100);
});
