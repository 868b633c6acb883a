import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { ConnectionWatch } from "../../server/connection_watch.ts";

/** A connection that counts the looks, and is open for the first `open` of them. */
function connection(open = Infinity) {
  const state = { looks: 0, look: () => ++state.looks < open };
  return state;
}

Deno.test("ConnectionWatch looks at each connection once a second until it is closed, and runs no timer without one", () => {
  using time = new FakeTime();
  using watch = new ConnectionWatch();
  assertEquals(time.timerCount, 0);
  const [short, long] = [connection(2), connection(5)];
  watch.add(short);
  watch.add(long);
  time.tick(999);
  assertEquals([short.looks, long.looks], [0, 0]);
  time.tick(1);
  assertEquals([short.looks, long.looks], [1, 1]);
  time.tick(60_000);
  assertEquals([short.looks, long.looks], [2, 5]);
  assertEquals(time.timerCount, 0);
  const later = connection();
  watch.add(later);
  time.tick(3_000);
  assertEquals(later.looks, 3);
});

Deno.test("ConnectionWatch looks once after a time in which nothing ran", () => {
  using time = new FakeTime();
  using watch = new ConnectionWatch();
  const one = connection();
  watch.add(one);
  time.jump(10_000);
  time.tick(0);
  assertEquals(one.looks, 1);
});
