import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { Audience, type AudienceMember } from "../../hub/audience.ts";
import { Flusher } from "../../hub/flusher.ts";
import { Memory } from "../../hub/memory.ts";
import { toSelection } from "../../hub/selection.ts";

/** More than a small audience has. */
const MEMBERS = 9;
/** How long a flush of one audience takes. */
const FLUSH_MS = 9;

/** Two audiences whose flushes take time, and the times at which the first one was flushed. */
function setUp(time: FakeTime) {
  const start = time.now;
  let busyMs = 0;
  const flushes: number[] = [];
  const clock = stub(performance, "now", () => time.now + busyMs);
  const [first, second] = ["a", "b"].map((name) => {
    const audience = new Audience(
      toSelection([name], "named"),
      [],
      Memory.unbounded(),
    );
    for (let i = 0; i < MEMBERS; i++) {
      const member: AudienceMember = {
        slot: -1,
        writtenBeat: 0,
        heartbeatS: 8,
        wake() {
          if (i > 0) return;
          busyMs += FLUSH_MS;
          if (name === "a") flushes.push(time.now - start);
        },
        write() {},
        refresh() {},
        close() {},
        fail() {},
      };
      audience.members.add(member);
      audience.park(member);
    }
    return audience;
  });
  const flusher = new Flusher();
  return {
    first: first!,
    second: second!,
    flusher,
    flushes,
    [Symbol.dispose]() {
      flusher[Symbol.dispose]();
      clock.restore();
    },
  };
}

Deno.test("Flusher paces an audience that gets several events in one flush", () => {
  using time = new FakeTime();
  using paced = setUp(time);
  const { flusher, first, flushes } = paced;
  flusher.add(first);
  flusher.add(first);
  flusher.flush();
  flusher.add(first);
  flusher.flush();
  time.tick(FLUSH_MS - 1);
  assertEquals(flushes, [0]);
  time.tick(3);
  assertEquals(flushes.length, 2);
});

Deno.test("Flusher does not pace audiences that get one event each", () => {
  using time = new FakeTime();
  using paced = setUp(time);
  const { flusher, first, second, flushes } = paced;
  for (let i = 0; i < 3; i++) {
    flusher.add(first);
    flusher.add(second);
    flusher.flush();
    time.tick(2);
    assertEquals(flushes.length, i + 1);
  }
});

Deno.test("Flusher ends its pace with the burst", () => {
  using time = new FakeTime();
  using paced = setUp(time);
  const { flusher, first, flushes } = paced;
  flusher.add(first);
  flusher.add(first);
  flusher.flush();
  time.tick(2 * FLUSH_MS);
  for (let i = 0; i < 3; i++) {
    flusher.add(first);
    flusher.flush();
    time.tick(2);
    assertEquals(flushes.length, i + 2);
  }
});
