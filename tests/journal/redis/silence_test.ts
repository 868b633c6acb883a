import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Silence, SILENCE_MS } from "../../../journal/redis/silence.ts";

Deno.test("Silence is found out once, 4 s after the last answer", () => {
  using time = new FakeTime();
  let count = 0;
  using silence = new Silence(() => count++);
  silence.restart();
  time.tick(SILENCE_MS - 1);
  silence.restart();
  time.tick(SILENCE_MS - 1);
  assertEquals(count, 0);
  time.tick(1);
  assertEquals(count, 1);
  time.tick(10 * SILENCE_MS);
  assertEquals([count, time.timerCount], [1, 0]);
});

Deno.test("Silence does not count the time in which the process stands still", () => {
  using time = new FakeTime();
  let count = 0;
  using silence = new Silence(() => count++);
  silence.restart();
  for (let i = 0; i < 3; i++) {
    time.jump(60_000);
    time.tick(0);
  }
  assertEquals(count, 0);
  time.tick(SILENCE_MS);
  assertEquals(count, 1);
});
