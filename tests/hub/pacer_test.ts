import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { Pacer } from "../../hub/pacer.ts";

/** A pacer whose flushes keep the process busy for as long as told. */
function setUp(time: FakeTime) {
  const start = time.now;
  let busyMs = 0;
  const flushes: number[] = [];
  const state = { costMs: 0, isBurst: true };
  const clock = stub(performance, "now", () => time.now + busyMs);
  const pacer = new Pacer(() => {
    flushes.push(time.now - start);
    busyMs += state.costMs;
    return state.isBurst;
  });
  return {
    state,
    pacer,
    flushes,
    [Symbol.dispose]() {
      pacer[Symbol.dispose]();
      clock.restore();
    },
  };
}

Deno.test("Pacer flushes at once when nothing is going on", () => {
  using time = new FakeTime();
  using paced = setUp(time);
  for (const at of [0, 100, 200]) {
    paced.pacer.request();
    assertEquals(paced.flushes.at(-1), at);
    time.tick(100);
  }
});

Deno.test("Pacer waits as long as a burst took, and makes one of what is asked for meanwhile", () => {
  using time = new FakeTime();
  using paced = setUp(time);
  paced.state.costMs = 30;
  paced.pacer.request();
  time.tick(5);
  paced.pacer.request();
  time.tick(5);
  paced.pacer.request();
  time.tick(19);
  assertEquals(paced.flushes, [0]);
  time.tick(5);
  assertEquals(paced.flushes.length, 2);
  time.tick(1_000);
  assertEquals(paced.flushes.length, 2);
});

Deno.test("Pacer waits for one turn of the event loop after a flush that was no burst, however long it took", () => {
  using time = new FakeTime();
  using paced = setUp(time);
  paced.state.costMs = 30;
  paced.state.isBurst = false;
  paced.pacer.request();
  paced.pacer.request();
  paced.pacer.request();
  assertEquals(paced.flushes, [0]);
  time.tick(2);
  assertEquals(paced.flushes.length, 2);
  time.tick(1_000);
  assertEquals(paced.flushes.length, 2);
});

Deno.test("Pacer waits 50 ms at most", () => {
  using time = new FakeTime();
  using paced = setUp(time);
  paced.state.costMs = 10_000;
  paced.pacer.request();
  time.tick(0);
  paced.pacer.request();
  time.tick(55);
  assertEquals(paced.flushes.length, 2);
});
