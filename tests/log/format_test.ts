import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { formatJson, formatText } from "../../log/format.ts";
import { makeRecord } from "../../log/record.ts";
import type { LogRecord } from "../../log/record.ts";

const RECORD: LogRecord = {
  time: Date.UTC(2026, 10, 22, 5, 30, 20, 400),
  level: "warn",
  message: "a stream was refused",
  fields: {
    reason: 'Cannot use "x\\": no',
    status: 400,
    path: "/sse/a",
    empty: "",
  },
  stack: ["at a.ts:1:2", "at b.ts:3:4"],
};

Deno.test("formatText writes time, level, message, fields, and the stack indented", () => {
  assertEquals(
    formatText(RECORD),
    String
      .raw`2026-11-22T05:30:20.400Z warn  a stream was refused reason="Cannot use \"x\\\": no" status=400 path=/sse/a empty=""
    at a.ts:1:2
    at b.ts:3:4`,
  );
});

Deno.test("formatJson writes one object a line", () => {
  const line = formatJson(RECORD);
  assertEquals(JSON.parse(line), {
    time: "2026-11-22T05:30:20.400Z",
    level: "warn",
    message: "a stream was refused",
    ...RECORD.fields,
    stack: RECORD.stack,
  });
  assertEquals(formatJson({ ...RECORD, stack: [] }).includes("stack"), false);
});

Deno.test("formatText colours the time and the level where it should, and nothing else", () => {
  const line = formatText({ ...RECORD, fields: {}, stack: [] }, true);
  assertEquals(
    line,
    "\x1b[2m2026-11-22T05:30:20.400Z\x1b[0m \x1b[33mwarn \x1b[0m a stream was refused",
  );
});

/** What would make a line of its own, or command a terminal. */
const HOSTILE = fc.array(
  fc.oneof(
    fc.constantFrom(
      ...[
        "\n",
        "\r",
        "\r\n",
        "\u2028",
        "\u2029",
        "\u0085",
        "\x1b[2J",
        "\x9b2J",
      ],
      ...["\u202e", "\u2066", "\ufeff", "\u200b", "\x00", "\x7f", "\ud800"],
      ...["\u{e0041}", '"', "\\", "=", " level=error ", "😀", "é"],
      "2026-11-22T05:30:20.400Z error forged",
    ),
    fc.string(),
  ),
).map((parts) => parts.join(""));
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

Deno.test("No text makes a line that it is not: in text", () => {
  fc.assert(fc.property(HOSTILE, (text) => {
    const error = new Error(text);
    const [first, ...rest] = formatText(
      makeRecord("info", text, { text, error }),
    ).split("\n");
    assertMatch(first!, /^\d{4}-\d\d-\d\dT[\d:.]{12}Z info {2}/);
    for (const line of rest) assert(line.startsWith("    "), line);
    assert(![first, ...rest].some((line) => UNSAFE.test(line!)));
  }));
});

Deno.test("No text makes a line that it is not: in JSON, which holds it unchanged", () => {
  fc.assert(fc.property(HOSTILE, (text) => {
    const line = formatJson(makeRecord("info", "m", { text }));
    assert(!UNSAFE.test(line), line);
    const { text: read, ...others } = JSON.parse(line);
    assertEquals(read, makeRecord("info", "m", { text }).fields.text);
    assertEquals(Object.keys(others), ["time", "level", "message"]);
  }));
});

Deno.test("In text, a value that could be taken for other fields is quoted", () => {
  for (const text of ["a b", "a=b", 'a"b', "a\\b", "it's", ""]) {
    const line = formatText({ ...RECORD, fields: { text }, stack: [] });
    assert(line.endsWith('"'), line);
  }
});
