import { assert, assertEquals } from "@std/assert";
import { world } from "./world.ts";

for (
  const [heartbeat, silentMs] of [[undefined, 24_000], [2, 6_000]] as const
) {
  Deno.test(`A stream with heartbeats every ${heartbeat ?? 8} s is lost after ${silentMs} ms without a byte`, async () => {
    using w = world(heartbeat ? { heartbeat } : {});
    await w.open("id: 1-0\ndata: a\n\n");
    await w.time.tickAsync(silentMs);
    assertEquals(w.source.readyState, w.source.OPEN);
    await w.time.tickAsync(500);
    assertEquals(w.take().slice(2), ["error 0", "status reconnecting silent"]);
    assert(w.fetched.last.signal.aborted);
    await w.time.tickAsync(5_000);
    assertEquals(w.fetched.last.headers.get("last-event-id"), "1-0");
  });
}

Deno.test("A stream that brings heartbeats alone is not lost", async () => {
  using w = world();
  await w.open();
  for (let i = 0; i < 20; i++) {
    await w.time.tickAsync(20_000);
    w.fetched.last.send(":\n");
  }
  await w.settle();
  assertEquals(w.fetched.all.length, 1);
});

Deno.test("ChimeSource notices that the machine slept, though its timers did not run", async () => {
  using w = world();
  await w.open();
  w.time.setSystemClock(60_000);
  await w.time.tickAsync(500);
  assertEquals(w.source.readyState, w.source.CONNECTING);
});

Deno.test("ChimeSource connects anew at once where its page is shown and the stream is silent, however late its timer is", async () => {
  using w = world();
  await w.open();
  w.time.setSystemClock(60_000);
  dispatchEvent(new Event("pageshow"));
  await w.settle();
  assert(w.fetched.all[0]!.signal.aborted);
  assertEquals(w.fetched.all.length, 2);
});

Deno.test("A clock that is set back does not hide silence", async () => {
  using w = world();
  await w.open();
  w.time.setSystemClock(-3_600_000);
  await w.time.tickAsync(24_500);
  assertEquals(w.source.readyState, w.source.CONNECTING);
});

Deno.test("Silence is measured from the answer on, however late that came", async () => {
  using w = world({ heartbeat: 2 });
  await w.time.tickAsync(3_500);
  w.fetched.last.open();
  await w.time.tickAsync(6_000);
  assertEquals(w.source.readyState, w.source.OPEN);
});

Deno.test("A connection that was given up is heard no more", async () => {
  using w = world({
    // It heeds no signal.
    fetch: (url, { signal: _, ...init }) =>
      fetch(url, { ...init, signal: new AbortController().signal }),
  });
  await w.open();
  await w.time.tickAsync(24_500);
  w.take();
  w.fetched.all[0]!.send("id: 9-0\ndata: late\n\n");
  await w.settle();
  assertEquals(w.take(), []);
  await w.time.tickAsync(5_000);
  assertEquals(w.fetched.last.headers.get("last-event-id"), null);
  // Nor is an answer that comes too late.
  await w.time.tickAsync(5_000);
  w.take();
  w.fetched.all[1]!.open();
  await w.settle();
  assertEquals(w.take(), []);
});
