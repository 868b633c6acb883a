import { setImmediate } from "node:timers/promises";
import { assert, assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { Turns } from "../../hub/turns.ts";

/** Lets the event loop go round often enough for all turns that wait for no timer. */
async function goRound(): Promise<void> {
  for (let i = 0; i < 20; i++) await setImmediate();
}

/** Has two tasks take two turns each, and returns how often time had to pass for that. */
async function waits(turnMs: number): Promise<number> {
  using time = new FakeTime();
  let busyMs = 0;
  using _clock = stub(performance, "now", () => time.now + busyMs);
  const turns = new Turns();
  const done: string[] = [];
  const work = async (name: string) => {
    for (const part of [1, 2]) {
      await turns.take();
      done.push(`${name}${part}`);
      busyMs += turnMs;
    }
  };
  const tasks = Promise.all([work("a"), work("b")]);
  let count = 0;
  while (count < 10 && done.length < 4) {
    count++;
    await time.tickAsync(1);
    await goRound();
  }
  await tasks;
  assertEquals(done, ["a1", "b1", "a2", "b2"]);
  assertEquals(time.timerCount, 0);
  return count;
}

Deno.test("Turns gives one turn at a time, in order, and short turns wait for no timer", async () => {
  assertEquals(await waits(0), 1);
});

Deno.test("Turns lets a timer fire once turns have taken 5 ms, together or one alone", async () => {
  assert(await waits(5) > 1);
  assert(await waits(3) > 1);
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
