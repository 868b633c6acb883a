import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { UnavailableError, UnreadableError } from "../../../journal/history.ts";
import { SqliteHealth } from "../../../journal/sqlite/health.ts";
import { CapturedLog } from "../../support/captured_log.ts";

const FILE = {
  look: () => undefined,
  noteWrite() {},
  isOverwritten: false,
};

/** Health whose file is well, and whose trials fail while there is a reason. */
function setUp() {
  const time = new FakeTime();
  const log = new CapturedLog();
  const trials: number[] = [];
  const world = {
    reason: undefined as string | undefined,
    time,
    trials,
    health: new SqliteHealth("x.db", FILE, (bytes) => {
      trials.push(bytes);
      world.write();
    }),
    lines: () => log.lines,
    write() {
      if (world.reason) throw new Error(world.reason);
    },
    [Symbol.dispose]() {
      world.health[Symbol.dispose]();
      log[Symbol.dispose]();
      time[Symbol.dispose]();
    },
  };
  return world;
}

const FULL = "database or disk is full";
const FAILED = `warn the journal failed: cannot append to "x.db": ${FULL}`;
const WORKS = "info the journal works again";

Deno.test("SqliteHealth remembers a write that failed, says each reason once, and seeks the next success", async () => {
  using w = setUp();
  w.reason = FULL;
  const error = w.health.write(w.write, 100);
  assertEquals(error?.message, `The journal failed: ${FULL}`);
  assertEquals(error instanceof UnavailableError, true);
  assertEquals(w.health.isGood, false);
  await w.time.tickAsync(4_999);
  assertEquals(w.trials, []);
  await w.time.tickAsync(10_001);
  assertEquals(w.trials, [100, 100, 100]);
  w.reason = "disk I/O error";
  await w.time.tickAsync(5_000);
  w.reason = FULL;
  await w.time.tickAsync(5_000);
  assertEquals(w.health.isGood, false);
  w.reason = undefined;
  await w.time.tickAsync(5_000);
  assertEquals(w.health.isGood, true);
  assertEquals(w.lines(), [
    FAILED,
    FAILED.replace(FULL, "disk I/O error"),
    WORKS,
  ]);
  w.reason = FULL;
  w.health.write(w.write);
  assertEquals(w.lines().slice(3), [FAILED]);
});

Deno.test("SqliteHealth takes any write that succeeds for the end of the trouble", () => {
  using w = setUp();
  w.reason = FULL;
  w.health.write(w.write);
  w.reason = undefined;
  assertEquals(w.health.write(w.write), undefined);
  assertEquals(w.health.isGood, true);
});

Deno.test("SqliteHealth finds out by itself that nothing can be written, where nobody writes", async () => {
  using w = setUp();
  await w.time.tickAsync(5_000);
  assertEquals([w.trials, w.health.isGood], [[0], true]);
  w.reason = FULL;
  w.time.tick(5_000);
  assertEquals(w.health.isGood, false);
  assertEquals(w.lines(), [FAILED]);
});

Deno.test("SqliteHealth tries nothing where others write, and a write that failed with 64 KiB at most", async () => {
  using w = setUp();
  w.health.write(w.write);
  await w.time.tickAsync(5_000);
  assertEquals(w.trials, []);
  w.health.write(w.write);
  w.reason = FULL;
  w.health.write(w.write, 9_000_000);
  await w.time.tickAsync(5_000);
  assertEquals(w.trials, [65_536]);
});

Deno.test("SqliteHealth reads again what could not be read, until it can", async () => {
  using w = setUp();
  let isDamaged = true;
  const read = () => {
    if (isDamaged) throw new UnreadableError("malformed");
    return "text";
  };
  for (let i = 0; i < 2; i++) {
    assertThrows(() => w.health.read(read), UnreadableError, "malformed");
  }
  await w.time.tickAsync(5_000);
  assertEquals(w.health.read(() => "other"), "other");
  assertEquals(w.health.isGood, false);
  isDamaged = false;
  await w.time.tickAsync(5_000);
  assertEquals(w.health.isGood, true);
  assertEquals(w.lines(), [
    'warn the journal failed: cannot read "x.db": malformed',
    WORKS,
  ]);
});

Deno.test("SqliteHealth is good though a reading had to wait", () => {
  using w = setUp();
  const read = () => {
    throw new UnavailableError("locked");
  };
  assertThrows(() => w.health.read(read), UnavailableError, "locked");
  assertEquals([w.health.isGood, w.lines()], [true, []]);
});
