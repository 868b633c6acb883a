import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { UnauthorizedError } from "../../access/access_error.ts";
import { HeldPermits } from "../../access/held_permits.ts";
import type { Grant, Need } from "../../access/source.ts";
import { CapturedLog } from "../support/captured_log.ts";
import { grantOf } from "./grants.ts";

const NEED: Need = { action: "subscribe", channels: ["a", "b"] };
const START = 1_000_000;

/** Holds permits, under fake time that begins at {@linkcode START}. */
function holding() {
  const time = new FakeTime(START);
  const changes = new Map<Grant, Grant | undefined>();
  const permits = new HeldPermits((grant) =>
    changes.has(grant) ? changes.get(grant) : grant
  );
  return {
    time,
    /** What became of grants. */
    changes,
    permits,
    /** Holds a permit of the grants, and counts how often its stream is ended. */
    hold(grants: Grant[], need = NEED) {
      const held = { ended: 0, release: () => {} };
      held.release = permits.hold({ grants, need }, () => held.ended++);
      return held;
    },
    [Symbol.dispose]() {
      permits[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("HeldPermits ends a stream within 1 s of its expiry, once, and no other one", async () => {
  using w = holding();
  const first = w.hold([grantOf({ subscribe: ["*"], expires: START + 5_500 })]);
  const later = w.hold([grantOf({ subscribe: ["*"], expires: START + 9_000 })]);
  const never = w.hold([grantOf({ subscribe: ["*"] })]);
  await w.time.tickAsync(5_400);
  assertEquals(first.ended, 0);
  await w.time.tickAsync(1_000);
  assertEquals([first.ended, later.ended], [1, 0]);
  await w.time.tickAsync(100_000);
  assertEquals([first.ended, later.ended, never.ended], [1, 1, 0]);
  assertEquals(w.permits.size, 1);
});

Deno.test("HeldPermits ends a stream as soon as any of its credentials expires, though the others would be enough", async () => {
  using w = holding();
  const stream = w.hold([
    grantOf({ subscribe: ["*"] }),
    grantOf({ expires: START + 2_000 }),
  ]);
  await w.time.tickAsync(2_000);
  assertEquals(stream.ended, 1);
});

Deno.test("HeldPermits lets go of a stream that has ended, and has no timer without one", async () => {
  using w = holding();
  const stream = w.hold([
    grantOf({ subscribe: ["*"], expires: START + 2_000 }),
  ]);
  assertEquals(w.permits.size, 1);
  stream.release();
  stream.release();
  assertEquals(w.permits.size, 0);
  await w.time.tickAsync(10_000);
  assertEquals(stream.ended, 0);
  // Timers that are left over would fail the test.
});

Deno.test("HeldPermits holds nothing for a stream without a credential", () => {
  using w = holding();
  w.hold([], { action: "subscribe", channels: [] });
  assertEquals(w.permits.size, 0);
});

Deno.test("HeldPermits asks again for rights that expire, for what the others lack, and lets the stream live on", async () => {
  using w = holding();
  const asked: Need[] = [];
  const renewable = (expires: number): Grant =>
    grantOf({ subscribe: ["a", "b"], expires }, {
      renew: (need) => {
        asked.push(need);
        return Promise.resolve(renewable(Date.now() + 10_000));
      },
    });
  const stream = w.hold([
    grantOf({ subscribe: ["b"] }),
    renewable(START + 10_000),
  ]);
  await w.time.tickAsync(9_000);
  assertEquals(asked.length, 0);
  await w.time.tickAsync(1_000);
  assertEquals(asked, [{ action: "subscribe", channels: ["a"] }]);
  await w.time.tickAsync(20_000);
  assertEquals([asked.length, stream.ended], [3, 0]);
});

for (
  const [what, renew] of [
    ["nothing", () => Promise.resolve(undefined)],
    ["fewer rights", () => Promise.resolve(grantOf({ subscribe: ["a"] }))],
    [
      "rights that have expired",
      () => Promise.resolve(grantOf({ subscribe: ["*"], expires: START })),
    ],
    [
      "a refusal",
      () => Promise.reject(new UnauthorizedError("No", { isWrong: true })),
    ],
  ] as [string, () => Promise<Grant | undefined>][]
) {
  Deno.test(`HeldPermits ends a stream whose renewal brings ${what}`, async () => {
    using log = new CapturedLog();
    using w = holding();
    const grant = grantOf({ subscribe: ["*"], expires: START + 1_000 }, {
      renew,
    });
    const stream = w.hold([grant]);
    await w.time.tickAsync(1_000);
    assertEquals([stream.ended, w.permits.size], [1, 0]);
    assertEquals(log.lines, []);
  });
}

Deno.test("HeldPermits logs a renewal that fails as none should, and ends the stream", async () => {
  using log = new CapturedLog();
  using w = holding();
  const renew = () => Promise.reject(new TypeError("a defect"));
  const grant = grantOf({ subscribe: ["*"], expires: START + 1_000 }, {
    renew,
  });
  const stream = w.hold([grant]);
  await w.time.tickAsync(1_000);
  assertEquals(stream.ended, 1);
  assertEquals(log.lines, ["error a stream's rights could not be renewed"]);
});

Deno.test("HeldPermits renews once at a time, and takes a review meanwhile into account", async () => {
  using w = holding();
  const token = grantOf({ subscribe: ["b"] }, { token: "t" });
  const { promise, resolve } = Promise.withResolvers<Grant>();
  let asked = 0;
  const renew = () => {
    asked++;
    return promise;
  };
  const grant = grantOf({ subscribe: ["a"], expires: START + 1_000 }, {
    renew,
  });
  const [first, second] = [w.hold([token, grant]), w.hold([token, grant])];
  const gone = w.hold([token, grant]);
  await w.time.tickAsync(5_000);
  assertEquals(asked, 3);
  gone.release();
  const narrowed = grantOf({ subscribe: ["x"] }, { token: "t" });
  w.changes.set(token, narrowed);
  w.permits.review();
  // Both lack the right to b by now, before the answer comes.
  assertEquals([first.ended, second.ended], [1, 1]);
  resolve(grantOf({ subscribe: ["a"] }));
  await w.time.tickAsync(5_000);
  assertEquals([first.ended, second.ended, gone.ended, asked], [1, 1, 0, 3]);
});

Deno.test("HeldPermits keeps a grant that was changed while another one was renewed", async () => {
  using w = holding();
  const token = grantOf({ subscribe: ["b"] }, { token: "t" });
  const { promise, resolve } = Promise.withResolvers<Grant>();
  const grant = grantOf({ subscribe: ["a"], expires: START + 1_000 }, {
    renew: () => promise,
  });
  const stream = w.hold([token, grant]);
  await w.time.tickAsync(2_000);
  const widened = grantOf({ subscribe: ["a", "b"] }, { token: "t" });
  w.changes.set(token, widened);
  w.permits.review();
  resolve(grantOf({ subscribe: [] }));
  await w.time.tickAsync(1_000);
  assertEquals(stream.ended, 0);
});

Deno.test("HeldPermits.review ends the streams whose grant was revoked, though nothing that they need is missing", () => {
  using w = holding();
  const [revoked, other] = [grantOf({}), grantOf({ subscribe: ["*"] })];
  const kept = w.hold([other]);
  const ended = w.hold([revoked, other], { action: "subscribe", channels: [] });
  w.changes.set(revoked, undefined);
  w.permits.review();
  assertEquals([kept.ended, ended.ended, w.permits.size], [0, 1, 1]);
  w.permits.review();
  assertEquals([kept.ended, ended.ended], [0, 1]);
});

Deno.test("HeldPermits ends a stream that is opened with a grant that was revoked meanwhile", async () => {
  using w = holding();
  const grant = grantOf({ subscribe: ["*"] });
  w.changes.set(grant, undefined);
  const stream = w.hold([grant]);
  // Whoever opens it has to know it first.
  assertEquals(stream.ended, 0);
  await Promise.resolve();
  assertEquals(stream.ended, 1);
});

Deno.test("HeldPermits has one timer while it holds anything, and none else, also after it was empty", async () => {
  using w = holding();
  let timers = 0;
  using _set = stub(
    globalThis,
    "setInterval",
    (() => ++timers) as unknown as typeof setInterval,
  );
  using _clear = stub(globalThis, "clearInterval", () => void timers--);
  const grants = [grantOf({ subscribe: ["*"] })];
  for (let round = 0; round < 2; round++) {
    const streams = [w.hold(grants), w.hold(grants), w.hold(grants)];
    assertEquals(timers, 1);
    for (const stream of streams) {
      assertEquals(timers, 1);
      stream.release();
    }
    assertEquals(timers, 0);
  }
  await Promise.resolve();
});
