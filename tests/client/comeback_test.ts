import { assert, assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { world } from "./world.ts";

for (const status of [301, 400, 404, 405, 408, 418, 422, 429, 500, 502, 503]) {
  Deno.test(`ChimeSource comes back after a ${status} of a proxy`, async () => {
    using w = world();
    await w.settle();
    await w.lose(() => w.fetched.last.refuse(status, "text/html", "<h1>no"));
    assertEquals(w.fetched.all.length, 2);
    assertEquals(w.take(), [`error 0 ${status}`, "status reconnecting"]);
  });
}

for (const status of [408, 411, 413, 415, 429, 500, 501, 503]) {
  Deno.test(`ChimeSource comes back after a ${status} of Chime`, async () => {
    using w = world();
    await w.settle();
    await w.lose(() => w.fetched.last.problem(status));
    assertEquals(w.fetched.all.length, 2);
    assertEquals(w.take(), [`error 0 ${status} no`, "status reconnecting"]);
  });
}

for (const status of [400, 401, 403, 404, 405, 422]) {
  Deno.test(`ChimeSource gives up at a ${status} of Chime, and says why`, async () => {
    using w = world();
    await w.settle();
    assertEquals(await w.lose(() => w.fetched.last.problem(status)), Infinity);
    assertEquals(w.take(), [`error 2 ${status} no`]);
    assertEquals(w.time.timerCount, 0);
  });
}

for (const status of [401, 403]) {
  Deno.test(`ChimeSource gives up at a ${status}, whoever says so`, async () => {
    using w = world();
    await w.settle();
    w.fetched.last.refuse(status, "text/html", "<h1>no");
    await w.settle();
    assertEquals(w.take(), [`error 2 ${status}`]);
  });
}

Deno.test("ChimeSource gives up at a problem whose document cannot be read", async () => {
  using w = world();
  await w.settle();
  w.fetched.last.refuse(404, "application/problem+json", "<h1>");
  await w.settle();
  assertEquals(w.take(), ["error 2 404"]);
});

Deno.test("A 204 ends a stream of several, of which one channel had ended before", async () => {
  using w = world();
  await w.open('event: status\ndata: {"state":"ended","channel":"a"}\n\n');
  await w.lose(() => w.fetched.last.end());
  w.fetched.last.refuse(204);
  await w.settle();
  assertEquals(w.take().slice(-2), ["status ended", "error 2 204"]);
});

Deno.test("ChimeSource takes a 204 for the end", async () => {
  using w = world();
  await w.settle();
  w.fetched.last.refuse(204);
  await w.settle();
  assertEquals(w.take(), ["status ended", "error 2 204"]);
});

Deno.test("ChimeSource tells an end once where the stream said it before the 204", async () => {
  using w = world();
  await w.open('event: status\ndata: {"state":"ended"}\n\n');
  await w.lose(() => w.fetched.last.end());
  w.fetched.last.refuse(204);
  await w.settle();
  assertEquals(w.take(), [
    ...["open", "status ended", "error 0", "status reconnecting"],
    "error 2 204",
  ]);
});

for (
  const type of ["text/event-stream-bogus", "text/html", "xtext/event-stream"]
) {
  Deno.test(`ChimeSource takes no stream of the type ${type}, and tries again`, async () => {
    using w = world();
    await w.settle();
    await w.lose(() => {
      w.fetched.last.open(type);
      w.fetched.last.send("data: a\n\n");
    });
    assertEquals(w.take(), ["error 0 200", "status reconnecting"]);
    assert(w.fetched.all[0]!.signal.aborted);
  });
}

for (
  const type of ["Text/Event-Stream ;x=y", "text/event-stream;charset=utf-8"]
) {
  Deno.test(`ChimeSource takes a stream of the type ${type}`, async () => {
    using w = world();
    await w.settle();
    w.fetched.last.open(type);
    await w.settle();
    assertEquals(w.take(), ["open"]);
  });
}

Deno.test("ChimeSource waits longer after each failure, at most 5 s in the first minute and 15 s after it", async () => {
  using w = world();
  await w.settle();
  const waits: number[] = [];
  while (waits.length < 20) waits.push(await w.lose());
  assertEquals(waits.slice(0, 3), [4_500, 5_000, 5_000]);
  const inFirstMinute = waits.findIndex((ms) => ms > 5_000);
  assertEquals(inFirstMinute, 13);
  assertEquals(waits.slice(13), Array(7).fill(15_000));
});

Deno.test("ChimeSource tries again at most 5 s after it began to wait for an answer that does not come", async () => {
  using w = world();
  await w.settle();
  const startedMs = w.time.now;
  for (let i = 2; i <= 6; i++) {
    await w.lose(() => {});
    assert(w.fetched.all[i - 2]!.signal.aborted);
    assert(w.time.now - startedMs <= (i - 1) * 5_000, `${w.time.now}`);
  }
});

Deno.test("ChimeSource gives a slow network 30 s for an answer after the first minute", async () => {
  using w = world();
  await w.settle();
  const startedMs = w.time.now;
  while (w.time.now - startedMs < 60_000) await w.lose(() => {});
  await w.time.tickAsync(29_900);
  w.fetched.last.open();
  await w.settle();
  assertEquals(w.take().at(-1), "open");
});

Deno.test("A part of each wait is random", async () => {
  using w = world();
  await w.settle();
  const waits: number[] = [];
  for (const random of [0, 0.5, 0.999]) {
    Math.random = () => random;
    waits.push(await w.lose());
  }
  assertEquals(waits, [4_500, 4_400, 3_800]);
});

Deno.test("ChimeSource begins with short waits again after a connection that stayed, and not after one that dropped", async () => {
  using w = world();
  await w.settle();
  for (let i = 0; i < 20; i++) await w.lose();
  await w.open("retry: 1000\n");
  assertEquals(await w.lose(), 15_000);
  await w.open();
  await w.time.tickAsync(5_000);
  const waits: number[] = [];
  while (waits.length < 6) waits.push(await w.lose());
  assertEquals(waits, [1_500, 2_300, 3_400, 5_000, 5_000, 5_000]);
});

for (
  const [retry, waitMs] of [
    [0, 800],
    [100, 800],
    [2_000, 3_000],
    [20_000, 26_700],
  ] as const
) {
  Deno.test(`ChimeSource does not come back sooner than retry: ${retry} and 500 ms say`, async () => {
    using w = world();
    await w.open(`retry: ${retry}\n`);
    assertEquals(await w.lose(), waitMs);
  });
}

Deno.test("ChimeSource waits an hour at most, whatever the server says, and does not spin", async () => {
  using w = world();
  Math.random = () => 0.9999999;
  await w.open("retry: 99999999999\n");
  assertEquals(await w.lose(), 3_600_000);
});

for (
  const [name, value, leastMs] of [
    ["seconds", () => "30", 30_000],
    ["a date", () => new Date(Date.now() + 30_000).toUTCString(), 29_000],
  ] as const
) {
  Deno.test(`ChimeSource heeds a Retry-After of ${name}, once`, async () => {
    using w = world();
    await w.settle();
    const waited = await w.lose(() =>
      w.fetched.last.refuse(503, "text/html", "", { "retry-after": value() })
    );
    assert(waited >= leastMs, `${waited}`);
    assert(waited <= leastMs * 1.5, `${waited}`);
    assert(await w.lose() <= 5_000);
  });
}

for (const type of ["online", "pageshow", "visibilitychange"]) {
  Deno.test(`ChimeSource that waits comes back at once at "${type}"`, async () => {
    using w = world();
    using _ = seen(false);
    await w.settle();
    w.fetched.last.refuse(503, "text/html", "", { "retry-after": "60" });
    await w.settle();
    dispatchEvent(new Event(type));
    await w.settle();
    assertEquals(w.fetched.all.length, 2);
    assert(w.time.timerCount <= 1, "the wait is over");
  });
}

Deno.test("ChimeSource does not come back for a page that is hidden", async () => {
  using w = world();
  using _ = seen(true);
  await w.settle();
  w.fetched.last.cut();
  await w.settle();
  dispatchEvent(new Event("visibilitychange"));
  await w.settle();
  assertEquals(w.fetched.all.length, 1);
});

Deno.test("ChimeSource connects anew at once when the network changed, and resumes", async () => {
  using w = world();
  await w.open("id: 1-0\ndata: a\n\n");
  dispatchEvent(new Event("online"));
  await w.settle();
  assert(w.fetched.all[0]!.signal.aborted);
  assertEquals(w.fetched.all.length, 2);
  assertEquals(w.fetched.last.headers.get("last-event-id"), "1-0");
  // The next loss is one as any other.
  await w.time.tickAsync(100);
  assert(await w.lose() > 1_000);
});

Deno.test("A page that is shown leaves a living stream alone", async () => {
  using w = world();
  using _ = seen(false);
  await w.open();
  dispatchEvent(new Event("pageshow"));
  dispatchEvent(new Event("visibilitychange"));
  await w.settle();
  assertEquals(w.fetched.all.length, 1);
});

for (const value of [new Date(0).toUTCString(), "soon", "-5", ""]) {
  Deno.test(`ChimeSource takes a Retry-After of "${value}" for none`, async () => {
    using w = world();
    await w.settle();
    // The time until the answer counts.
    await w.time.tickAsync(3_000);
    const waited = await w.lose(() =>
      w.fetched.last.refuse(503, "text/html", "", { "retry-after": value })
    );
    assertEquals(waited, 1_500);
  });
}

Deno.test("ChimeSource holds no connection of a page that is kept for Back, and comes back with it", async () => {
  using w = world();
  await w.open("id: 1-0\ndata: a\n\n");
  dispatchEvent(new Event("pagehide"));
  await w.settle();
  assert(w.fetched.last.signal.aborted);
  assertEquals(w.fetched.all.length, 1);
  w.time.setSystemClock(3_600_000);
  dispatchEvent(new Event("pageshow"));
  await w.settle();
  assertEquals(w.fetched.all.length, 2);
  assertEquals(w.fetched.last.headers.get("last-event-id"), "1-0");
});

Deno.test("ChimeSource that is closed no longer listens to the page", () => {
  using listened = stub(globalThis, "addEventListener", () => {});
  using w = world();
  const { calls } = listened;
  assertEquals(calls.length, 4);
  w.source.close();
  for (const { args: [, , options] } of calls) {
    assert((options as AddEventListenerOptions).signal!.aborted);
  }
});

Deno.test("ChimeSource comes back after a ticket that could not be had, and says why", async () => {
  const error = new Error("no ticket");
  using w = world({ ticket: () => Promise.reject(error) });
  const thrown: unknown[] = [];
  w.source.onerror = (event) => thrown.push(event.error);
  await w.settle();
  await w.time.tickAsync(4_500);
  assertEquals(thrown, [error, error]);
  assertEquals(w.fetched.all.length, 0);
});

/** A document that is hidden or not. */
function seen(hidden: boolean): Disposable {
  Object.assign(globalThis, { document: { hidden } });
  return {
    [Symbol.dispose]() {
      Reflect.deleteProperty(globalThis, "document");
    },
  };
}
