import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { WorkerWatch } from "../../server/worker_watch.ts";

/** A watch under fake time, and workers by their names, of which some answer. */
function setUp() {
  const time = new FakeTime();
  const answering = new Set(["a", "b"]);
  const frozen: string[] = [];
  /** Answers the last ping that the worker left unanswered. */
  const late: Record<string, () => void> = {};
  const watch = new WorkerWatch<string>({
    ping: (worker) => {
      if (answering.has(worker)) return Promise.resolve();
      const answer = Promise.withResolvers<void>();
      late[worker] = answer.resolve;
      return answer.promise;
    },
    onFrozen: (worker) => frozen.push(worker),
  });
  for (const worker of answering) watch.add(worker);
  return {
    time,
    answering,
    frozen,
    late,
    watch,
    [Symbol.dispose]() {
      watch[Symbol.dispose]();
      assertEquals(time.timerCount, 0);
      time[Symbol.dispose]();
    },
  };
}

Deno.test("WorkerWatch finds a worker that has been silent for 10 s, once, and no other", async () => {
  using chime = setUp();
  await chime.time.tickAsync(60_000);
  assertEquals(chime.frozen, []);
  chime.answering.delete("b");
  await chime.time.tickAsync(10_000);
  assertEquals(chime.frozen, []);
  await chime.time.tickAsync(1_000);
  assertEquals(chime.frozen, ["b"]);
  await chime.time.tickAsync(60_000);
  assertEquals(chime.frozen, ["b"]);
});

Deno.test("WorkerWatch begins anew with each answer, however late", async () => {
  using chime = setUp();
  chime.answering.clear();
  for (let i = 0; i < 5; i++) {
    await chime.time.tickAsync(9_500);
    for (const worker of ["a", "b"]) chime.late[worker]!();
  }
  assertEquals(chime.frozen, []);
});

Deno.test("WorkerWatch does not count the time that this thread has lost", async () => {
  using chime = setUp();
  chime.answering.clear();
  await chime.time.tickAsync(5_000);
  chime.time.jump(3_600_000);
  await chime.time.tickAsync(4_000);
  assertEquals(chime.frozen, []);
  chime.late.a!();
  await chime.time.tickAsync(3_000);
  assertEquals(chime.frozen, ["b"]);
});

Deno.test("WorkerWatch lets go of a worker that is gone, whatever is still heard of it", async () => {
  using chime = setUp();
  chime.answering.clear();
  await chime.time.tickAsync(1_000);
  chime.watch.remove("a");
  chime.late.a!();
  await chime.time.tickAsync(0);
  chime.watch.remove("b");
  assertEquals(chime.time.timerCount, 0);
  await chime.time.tickAsync(60_000);
  assertEquals(chime.frozen, []);
});
