import { assertEquals } from "@std/assert";
import { stub } from "@std/testing/mock";
import { FakeTime } from "@std/testing/time";
import { Ending } from "../../server/ending.ts";
import { CapturedLog } from "../support/captured_log.ts";

/** An ending whose exit is noted instead, and what it logs. */
function setUp() {
  const time = new FakeTime();
  const codes: (number | undefined)[] = [];
  const exit = stub(Deno, "exit", (code) => {
    codes.push(code);
    return undefined as never;
  });
  const log = new CapturedLog();
  return {
    time,
    codes,
    ending: new Ending(),
    get lines() {
      return log.lines;
    },
    [Symbol.dispose]() {
      log[Symbol.dispose]();
      exit.restore();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("Ending drains once and exits with 0", async () => {
  using chime = setUp();
  let drains = 0;
  chime.ending.drainBy(() => Promise.resolve(drains++).then(() => {}));
  await Promise.all([chime.ending.end(), chime.ending.end()]);
  assertEquals([drains, chime.codes, chime.lines], [1, [0], [
    "info drained, ending the process",
  ]]);
});

Deno.test("Ending logs a failure, drains, and exits with 70", async () => {
  using chime = setUp();
  let drains = 0;
  chime.ending.drainBy(() => Promise.resolve(drains++).then(() => {}));
  await chime.ending.fail("the tail failed", new Error("no disk"));
  assertEquals([drains, chime.codes], [1, [70]]);
  assertEquals(chime.lines, [
    "error the tail failed, ending the process",
  ]);
});

Deno.test("Ending exits with 70 where something fails during the drain", async () => {
  using chime = setUp();
  const drained = Promise.withResolvers<void>();
  chime.ending.drainBy(() => drained.promise);
  const ended = chime.ending.end();
  await chime.ending.fail("a worker has been silent for 10 s");
  drained.resolve();
  await ended;
  assertEquals(chime.codes, [70]);
});

Deno.test("Ending exits with 70 where the drain fails", async () => {
  using chime = setUp();
  chime.ending.drainBy(() => Promise.reject(new Error("no disk")));
  await chime.ending.end();
  assertEquals(chime.codes, [70]);
  assertEquals(chime.lines, ["error the drain failed"]);
});

Deno.test("Ending does not wait for a drain that hangs for more than 5 s", async () => {
  using chime = setUp();
  chime.ending.drainBy(() => new Promise(() => {}));
  const ended = chime.ending.fail("the tail failed");
  await chime.time.tickAsync(4_999);
  assertEquals(chime.codes, []);
  await chime.time.tickAsync(1);
  await ended;
  assertEquals(chime.codes, [70]);
  assertEquals(chime.lines.at(-1), "warn the drain took too long");
});
