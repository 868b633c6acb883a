import { assert, assertEquals } from "@std/assert";
import { makeRecord } from "../../log/record.ts";

Deno.test("makeRecord cuts long messages and values, and no character in two", () => {
  const { message, fields } = makeRecord("info", "m".repeat(100_000), {
    value: "v".repeat(100_000),
    pair: "a".repeat(299) + "😀".repeat(9),
    many: 123456,
    yes: true,
  });
  assertEquals(message, "m".repeat(1_000) + "…");
  assertEquals(fields, {
    value: "v".repeat(300) + "…",
    pair: "a".repeat(299) + "…",
    many: 123456,
    yes: true,
  });
});

Deno.test("makeRecord keeps the stack of an error, and those of its causes", () => {
  const cause = new RangeError("the cause");
  const { fields, stack } = makeRecord("error", "x", {
    error: new TypeError("two\nlines", { cause }),
  });
  assertEquals(fields, { error: "TypeError: two\nlines" });
  assert(stack[0]!.startsWith("at "), stack[0]);
  const at = stack.indexOf("Caused by: RangeError: the cause");
  assert(at > 0 && stack[at + 1]!.startsWith("at "), stack.join("\n"));
  assert(stack.every((line) => !/[\r\n]/.test(line)));
});

Deno.test("makeRecord bounds a stack", () => {
  const error = new Error("x");
  error.stack = `Error: x\n${`${"y".repeat(1_000)}\n`.repeat(1_000)}`;
  const { stack } = makeRecord("error", "x", { error });
  assertEquals(stack.every((line) => line.length <= 301), true);
  assert(stack.length <= 40, `${stack.length}`);
});

Deno.test("makeRecord follows causes that are a circle no further than needed", () => {
  const error = new Error("x");
  error.cause = error;
  const { stack } = makeRecord("error", "x", { error });
  assert(stack.filter((line) => line === "Caused by: Error: x").length < 5);
});

for (
  const [what, error, shown] of [
    ["a text", "gone", "gone"],
    ["null", null, "null"],
    ["a symbol", Symbol("s"), "Symbol(s)"],
    ["an object without a prototype", Object.create(null), undefined],
    [
      "an object that throws",
      {
        toString() {
          throw new Error("no");
        },
      },
      undefined,
    ],
    [
      "an error whose stack and cause throw",
      Object.defineProperties(new Error("x"), {
        stack: {
          get() {
            throw new Error("no");
          },
        },
        cause: {
          get() {
            throw new Error("no");
          },
        },
      }),
      "Error: x",
    ],
  ] as const
) {
  Deno.test(`makeRecord describes what was caught, also ${what}`, () => {
    const { fields, stack } = makeRecord("error", "x", { error });
    assertEquals(fields, { error: shown ?? "an error that cannot be shown" });
    assertEquals(stack, []);
  });
}

for (
  const [text, shown] of [
    [
      'Cannot find "/sse/a&ticket=s3cret": no',
      'Cannot find "/sse/a&ticket=…": no',
    ],
    ["/sse/a%3Fticket%3Ds3cret", "/sse/a%3Fticket%3D…"],
    ["access_token=s3cret&x=1", "access_token=…&x=1"],
    ["authorization: bearer s3cret", "authorization: bearer …"],
    ["Authorization: Basic czNjcmV0", "Authorization: Basic …"],
    ["Cookie=a=s3cret", "Cookie=…"],
    ["redis://user:s3cret@h:1/0", "redis://user:…@h:1/0"],
    ["got eyJhbGciOiJIUzI1NiJ9.s3cret.s3cret-_", "got eyJ…"],
    [
      "send it as Authorization: Bearer <token>",
      "send it as Authorization: Bearer <token>",
    ],
  ] as const
) {
  Deno.test(`makeRecord hides secrets: ${shown}`, () => {
    const error = new Error(text);
    error.stack = `Error: ${text}\n    at ${text}`;
    const record = makeRecord("info", text, { reason: text, error });
    assertEquals(record.message, shown);
    assertEquals(record.fields.reason, shown);
    assert(!JSON.stringify(record).includes("s3cret"), JSON.stringify(record));
  });
}

Deno.test("makeRecord hides a secret that would be cut in two", () => {
  for (let length = 280; length < 310; length++) {
    const { fields } = makeRecord("info", "x", {
      url: `${"a".repeat(length)}redis://user:s3cret@h`,
    });
    assert(!`${fields.url}`.includes("s3"), `${fields.url}`);
  }
});
