import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { RateLimit } from "../../log/rate_limit.ts";
import { type Fields, type LogRecord, makeRecord } from "../../log/record.ts";

function setUp() {
  const time = new FakeTime();
  const written: LogRecord[] = [];
  const limit = new RateLimit((record) => written.push(record));
  return {
    time,
    limit,
    written,
    /** Logs so many lines, and returns how many of them are written. */
    log(count: number, message: string, fields?: Fields) {
      const before = written.length;
      for (let i = 0; i < count; i++) {
        limit.take(makeRecord("warn", message, fields));
      }
      return written.length - before;
    },
    /** What was said of lines that were left out. */
    notices: () =>
      written.filter(({ message }) =>
        message === "lines like this were left out"
      )
        .map(({ fields }) => fields),
    [Symbol.dispose]() {
      limit.flush();
      time[Symbol.dispose]();
    },
  };
}

Deno.test("RateLimit writes ten lines of a kind a minute, and then how many it left out", () => {
  using set = setUp();
  assertEquals(set.log(25, "a", { reason: "x" }), 10);
  set.time.tick(59_999);
  assertEquals(set.notices(), []);
  set.time.tick(1);
  assertEquals(set.notices(), [{ count: 15, like: "a", reason: "x" }]);
  assertEquals(set.log(25, "a", { reason: "x" }), 10);
  set.time.tick(60_000);
  assertEquals(set.notices().length, 2);
  assertEquals(set.time.timerCount, 0);
});

Deno.test("RateLimit says nothing, and keeps no timer, where nothing was left out", () => {
  using set = setUp();
  assertEquals(set.log(10, "a"), 10);
  assertEquals(set.time.timerCount, 0);
  set.time.tick(60_000);
  assertEquals(set.log(10, "a"), 10);
  assertEquals(set.notices(), []);
});

Deno.test("RateLimit tells messages, reasons and errors apart", () => {
  using set = setUp();
  for (const message of ["a", "b"]) {
    for (
      const fields of [{ reason: "x" }, { reason: "y" }, { error: "z" }, {}]
    ) {
      assertEquals(set.log(20, message, fields), 10);
    }
  }
});

for (
  const [what, reason] of [
    [
      "quoted",
      (i: number) => `Cannot find ${JSON.stringify(`/a"\\${i}b`)}: no`,
    ],
    ["a number", (i: number) => `Cannot take ${i} bytes`],
    [
      "quoted, and cut",
      (i: number) =>
        `Cannot find "/${String.fromCharCode(65 + i % 26)}${i}${
          "x".repeat(500)
        }": no`,
    ],
  ] as const
) {
  Deno.test(`RateLimit takes reasons for one that differ in what is ${what}`, () => {
    using set = setUp();
    let lines = 0;
    for (let i = 0; i < 100; i++) {
      lines += set.log(1, "a", { reason: reason(i) });
    }
    assertEquals(lines, 10);
  });
}

Deno.test("RateLimit keeps lines and memory bounded however many reasons and messages there are", () => {
  using set = setUp();
  const letters = (i: number) =>
    `${i}`.replace(/\d/g, (digit) => "abcdefghij"[Number(digit)]!);
  let lines = 0;
  for (let i = 0; i < 10_000; i++) {
    lines += set.log(1, "a stream was refused", { reason: letters(i) });
  }
  // 20 reasons with a line each, and ten of all others.
  assertEquals(lines, 30);
  // It costs no line of another message.
  assertEquals(set.log(1, "the journal failed"), 1);
  set.time.tick(60_000);
  assertEquals(set.notices(), [{
    count: 9_970,
    like: "a stream was refused",
    reason: "others",
  }]);

  lines = 0;
  for (let i = 0; i < 10_000; i++) lines += set.log(1, letters(i));
  assert(lines <= 110, `${lines}`);
  set.time.tick(60_000);
  // The counts begin anew.
  assertEquals(set.log(1, "the journal failed"), 1);
});

Deno.test("RateLimit says at its end what it left out", () => {
  using set = setUp();
  set.log(11, "a");
  set.limit.flush();
  assertEquals(set.notices(), [{ count: 1, like: "a" }]);
  assertEquals(set.time.timerCount, 0);
});
