import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Turns } from "../../hub/turns.ts";

Deno.test("Turns gives one turn at a time, in order, and lets timers fire between two", async () => {
  using time = new FakeTime();
  const turns = new Turns();
  const done: string[] = [];
  const work = async (name: string) => {
    for (const part of [1, 2]) {
      await turns.take();
      done.push(`${name}${part}`);
    }
  };
  const tasks = [work("a"), work("b")];
  setTimeout(() => done.push("timer"), 1);
  await time.tickAsync(100);
  await Promise.all(tasks);
  assertEquals(done, ["a1", "timer", "b1", "a2", "b2"]);
  assertEquals(time.timerCount, 0);
});

Deno.test("Turns makes nobody wait for more than one timer where nobody else waits", async () => {
  using time = new FakeTime();
  const turns = new Turns();
  for (let i = 0; i < 3; i++) {
    const turn = turns.take();
    assertEquals(time.timerCount, 1);
    await time.tickAsync(1);
    await turn;
  }
});
