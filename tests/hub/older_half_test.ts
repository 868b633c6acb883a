import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { type EventId, eventIdMs } from "../../events/event_id.ts";
import { OlderHalf } from "../../hub/older_half.ts";

const HOUR = 3_600_000;

function setUp({ maxBytes = 1_000_000, maxAgeMs = 16 * HOUR } = {}) {
  const time = new FakeTime(1_000 * HOUR);
  const half = new OlderHalf({ maxEvents: 1, maxAgeMs, maxBytes });
  return {
    time,
    half,
    /** Has so many bytes come, of one event. */
    add: (bytes: number) =>
      half.add([{ channel: "", data: "x".repeat(bytes - 400), id: "1-0" }]),
    [Symbol.dispose]() {
      time[Symbol.dispose]();
    },
  };
}

/** An id of so many hours ago. */
function ago(hours: number): EventId {
  return `${Date.now() - hours * HOUR}-7.aaaaaa`;
}

Deno.test("OlderHalf ends where the hub stood once half of what is kept had not come yet", () => {
  using w = setUp();
  const next = ago(0.5);
  w.half.move(ago(1));
  w.add(450_000);
  w.half.move(next);
  w.add(49_999);
  assertEquals(w.half.move(ago(0.2)), undefined);
  w.add(20_000);
  assertEquals(w.half.move(ago(0.1)), next);
});

Deno.test("OlderHalf holds all before where the hub stands where half of what is kept came at once", () => {
  using w = setUp();
  w.half.move(ago(1));
  w.add(500_000);
  const now = ago(0);
  assertEquals(w.half.move(now), now);
});

Deno.test("OlderHalf counts what is not ASCII by its bytes, and a store's overhead", () => {
  using w = setUp({ maxBytes: 10_000 });
  const now = ago(0);
  w.half.move(ago(1));
  for (let i = 0; i < 10; i++) {
    w.half.add([{ channel: "a", data: "é".repeat(50), id: "1-0" }]);
  }
  assertEquals(w.half.move(now), now);
});

Deno.test("OlderHalf ends where the hub stood half of the time ago, whatever the ids' times are", () => {
  using w = setUp();
  // As after a clock that was set back.
  const [first, second, third] = [ago(-100), ago(-101), ago(-102)];
  w.half.move(first);
  w.time.tick(HOUR - 1);
  assertEquals(w.half.move(first), undefined);
  w.time.tick(6 * HOUR);
  assertEquals(eventIdMs(w.half.move(second)!) < Date.now(), true);
  w.time.tick(HOUR + 1);
  assertEquals(w.half.move(third), second);
});

Deno.test("OlderHalf knows ids of before it began by their time", () => {
  using w = setUp();
  assertEquals(w.half.move(ago(0)), `${Date.now() - 8 * HOUR}-0`);
});

Deno.test("OlderHalf ends after what was left out", () => {
  using w = setUp();
  const now = ago(0);
  w.half.move(ago(1));
  w.half.skip();
  assertEquals(w.half.move(now), now);
});

Deno.test("OlderHalf never moves back, but in another timeline", () => {
  using w = setUp();
  const second = ago(-2);
  w.half.move(ago(-1));
  w.half.skip();
  assertEquals(w.half.move(second), second);
  w.add(100_000);
  assertEquals(w.half.move(ago(-3)), second);
  w.half.clear();
  assertEquals(w.half.move("5-0"), `${Date.now() - 8 * HOUR}-0`);
});

Deno.test("OlderHalf looks at nothing before 1970 where everything is kept for longer", () => {
  using w = setUp({ maxAgeMs: 9_000_000 * HOUR });
  assertEquals(w.half.move("5-0"), undefined);
});
