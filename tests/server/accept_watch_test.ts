import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { AcceptWatch } from "../../server/accept_watch.ts";

/** A watch with room for 10 connections under fake time. It counts how often its listener should listen again. */
function setUp() {
  const time = new FakeTime();
  const state = { deaf: 0, hasDescriptors: true };
  const watch = new AcceptWatch({
    maxConnections: 10,
    hasDescriptors: () => state.hasDescriptors,
    onDeaf: () => state.deaf++,
  });
  return {
    time,
    state,
    watch,
    [Symbol.dispose]() {
      watch[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("AcceptWatch finds a listener deaf that accepted nothing for 5 s after many connections, once", () => {
  using test = setUp();
  test.watch.noteAccepted(5);
  test.time.tick(4_999);
  assertEquals(test.state.deaf, 0);
  test.time.tick(1);
  assertEquals(test.state.deaf, 1);
  test.time.tick(60_000);
  assertEquals(test.state.deaf, 1);
  test.watch.noteAccepted(5);
  test.time.tick(5_000);
  assertEquals(test.state.deaf, 2);
});

Deno.test("AcceptWatch counts the 5 s from the last connection, also of few", () => {
  using test = setUp();
  test.watch.noteAccepted(5);
  test.time.tick(3_000);
  test.watch.noteAccepted(1);
  test.time.tick(4_000);
  assertEquals(test.state.deaf, 0);
  test.time.tick(1_000);
  assertEquals(test.state.deaf, 1);
});

Deno.test("AcceptWatch waits until descriptors are free", () => {
  using test = setUp();
  test.state.hasDescriptors = false;
  test.watch.noteAccepted(10);
  test.time.tick(60_000);
  assertEquals(test.state.deaf, 0);
  test.state.hasDescriptors = true;
  test.time.tick(1_000);
  assertEquals(test.state.deaf, 1);
});

Deno.test("AcceptWatch lets a listener be that never had many connections, or that is closed", () => {
  using test = setUp();
  test.watch.noteAccepted(4);
  test.time.tick(60_000);
  test.watch.noteAccepted(5);
  test.watch[Symbol.dispose]();
  test.time.tick(60_000);
  assertEquals(test.state.deaf, 0);
});
