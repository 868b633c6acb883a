import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { readApplicationAnswer } from "../../access/application_answer.ts";
import { InputError } from "../../events/input_error.ts";
import { closePattern } from "../events/arbitrary_patterns.ts";

const NOW_S = 1_795_000_000;

function read(text: string) {
  using _time = new FakeTime(NOW_S * 1_000);
  return readApplicationAnswer(new TextEncoder().encode(text));
}

Deno.test("readApplicationAnswer reads all members, and ignores others", () => {
  const answer = read(JSON.stringify({
    subject: "42",
    subscribe: ["user.42", "user.42.*"],
    publish: ["chat"],
    stop: ["*"],
    expires: NOW_S + 60,
    admin: true,
    issuedAt: 5,
    name: "x",
  }));
  assertEquals<unknown>(answer, {
    subject: "42",
    subscribe: ["user.42", "user.42.*"],
    publish: ["chat"],
    stop: ["*"],
    admin: false,
    expires: (NOW_S + 60) * 1_000,
  });
});

Deno.test("readApplicationAnswer gives no right for a member that is absent", () => {
  const none = { subscribe: [], publish: [], stop: [], admin: false };
  assertEquals<unknown>(read("{}"), none);
  assertEquals<unknown>(read("\ufeff{}\n"), none);
  assertEquals<unknown>(read('{"__proto__":{"subscribe":["*"]}}'), none);
});

Deno.test("readApplicationAnswer reads what JSON.stringify writes of any rights", () => {
  const patterns = fc.array(closePattern, { maxLength: 4 });
  const answer = fc.record({
    subject: fc.stringMatching(/^[ -~]{1,20}$/),
    subscribe: patterns,
    publish: patterns,
    stop: patterns,
    expires: fc.oneof(
      fc.integer({ min: NOW_S + 1, max: NOW_S + 1e9 }),
      fc.double({ min: NOW_S + 1, max: NOW_S + 1e9, noNaN: true }),
    ),
  }, { requiredKeys: [] });
  fc.assert(fc.property(answer, (answer) => {
    const { expires, ...rights } = answer;
    assertEquals<unknown>(read(JSON.stringify(answer)), {
      ...{ subscribe: [], publish: [], stop: [], admin: false },
      ...rights,
      ...expires !== undefined && { expires: expires * 1_000 },
    });
  }));
});

Deno.test("readApplicationAnswer reads any text and any JSON, or throws an InputError", () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc.object().map((object) =>
      JSON.stringify({ subscribe: object, expires: object })
    ),
  );
  fc.assert(fc.property(text, (text) => {
    try {
      const rights = read(text);
      assertEquals(rights.admin, false);
      assertEquals(typeof JSON.parse(text), "object");
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }));
});

Deno.test("readApplicationAnswer refuses what is not UTF-8", () => {
  assertThrows(
    () =>
      readApplicationAnswer(
        new Uint8Array([...new TextEncoder().encode('{"a":"'), 255, 34, 125]),
      ),
    InputError,
    "Cannot use the answer: it must be JSON",
  );
});

for (
  const [text, rule] of [
    ["", "the answer: it must be JSON"],
    ["<!doctype html><form>s3cret", "the answer: it must be JSON"],
    ['{"subject":"s3cret"', "the answer: it must be JSON"],
    ["[]", "the answer: it must be a JSON object"],
    ["null", "the answer: it must be a JSON object"],
    ["true", "the answer: it must be a JSON object"],
    ['"x"', "the answer: it must be a JSON object"],
    ['{"subscribe":"*"}', "subscribe: it must be a list of patterns"],
    ['{"subscribe":null}', "subscribe: it must be a list of patterns"],
    ['{"publish":[["*"]]}', "publish: each pattern must be a text"],
    ['{"stop":[1]}', "stop: each pattern must be a text"],
    ['{"subscribe":["user*"]}', "user*"],
    ['{"subject":""}', "the subject"],
    ['{"subject":42}', "the subject"],
    ['{"subject":null}', "the subject"],
    ...["null", '"2026-11-25"', '"1795000060"', "true", "[1795000060]", "1e999"]
      .map((expires) => [
        `{"expires":${expires}}`,
        "expires: it must be a number of seconds since 1970",
      ]),
    [
      `{"expires":${(NOW_S + 60) * 1_000}}`,
      "expires: it must be a number of seconds since 1970",
    ],
    ...[`${NOW_S}`, `${NOW_S - 1}`, "0", "-1"].map((expires) => [
      `{"expires":${expires}}`,
      "expires: it must be in the future",
    ]),
  ] as [string, string][]
) {
  Deno.test(`readApplicationAnswer refuses ${JSON.stringify(text)}`, () => {
    const error = assertThrows(() => read(text), InputError, rule);
    assertEquals(error.message.includes("s3cret"), false);
  });
}
