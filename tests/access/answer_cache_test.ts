import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { AnswerCache, maxAgeOf } from "../../access/answer_cache.ts";

for (
  const [header, expected] of [
    ["max-age=5", 5],
    ["max-age=60", 60],
    ["max-age=61", 60],
    ["max-age=99999999999999999999", 60],
    ["max-age=0", 0],
    ["private, max-age=5", 5],
    ["Private,MAX-AGE=5 ,x=y", 5],
    ['max-age="5"', 5],
    ["max-age=5, max-age=3", 3],
    ["max-age=5, max-age=x", 0],
    ["max-age=5, no-store", 0],
    ["no-cache, max-age=5", 0],
    ['max-age=5, no-cache="set-cookie"', 0],
    ["no-storex, max-age=5", 5],
    ["s-maxage=5", 0],
    ["x-max-age=5", 0],
    ["x-max-age=5, max-age=3", 3],
    ["max-age, max-age=5", 0],
    ["max-age", 0],
    ["max-age=", 0],
    ["max-age=-5", 0],
    ["max-age=1.5", 0],
    ["max-age=5x", 0],
    ["max-age = 5", 0],
    ["public", 0],
    ["", 0],
  ] as const
) {
  Deno.test(`An answer with Cache-Control ${JSON.stringify(header)} is kept for ${expected} s`, () => {
    assertEquals(maxAgeOf(header), expected);
  });
}

Deno.test("maxAgeOf is 0 to 60 for any text, and exact for what it may be", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const age = maxAgeOf(text);
    assertEquals(age >= 0 && age <= 60, true);
  }));
  const others = fc.constantFrom("private", "must-revalidate", "a=b", "");
  fc.assert(fc.property(fc.nat(), fc.array(others), (age, others) => {
    assertEquals(
      maxAgeOf([...others, `max-age=${age}`, ...others].join(", ")),
      Math.min(60, age),
    );
  }));
});

Deno.test("AnswerCache keeps an answer for its time, and not longer", () => {
  using time = new FakeTime();
  const cache = new AnswerCache<string>();
  cache.set("a", "1", "max-age=5");
  cache.set("b", "2", "");
  cache.set("c", "3", "max-age=600");
  const all = () => ["a", "b", "c", "d"].map((key) => cache.get(key));
  assertEquals(all(), ["1", undefined, "3", undefined]);
  time.tick(4_999);
  assertEquals(all(), ["1", undefined, "3", undefined]);
  time.tick(1);
  assertEquals(all(), [undefined, undefined, "3", undefined]);
  time.tick(55_000);
  assertEquals(all(), [undefined, undefined, undefined, undefined]);
});

Deno.test("AnswerCache forgets an answer when a newer one must not be kept", () => {
  const cache = new AnswerCache<string>();
  cache.set("a", "1", "max-age=60");
  cache.set("a", "2", "no-store");
  assertEquals(cache.get("a"), undefined);
});

Deno.test("AnswerCache keeps 4,096 answers at most: the oldest goes first", () => {
  const cache = new AnswerCache<number>();
  for (let i = 0; i < 4_096; i++) cache.set(`${i}`, i, "max-age=60");
  cache.set("0", 0, "max-age=60");
  cache.set("new", -1, "max-age=60");
  assertEquals(
    ["0", "1", "2", "4095", "new"].map((key) => cache.get(key)),
    [0, undefined, 2, 4_095, -1],
  );
});
