import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { jsonMembers } from "../../routes/json_members.ts";

/** JSON as others write it: with spaces, escapes, and names that are there twice. */
const spaced = fc.stringMatching(/^[ \t\r\n]{0,2}$/);
const string = fc.string({ unit: "binary" }).map((text) =>
  JSON.stringify(text).replace(
    /[a-z/]/g,
    (char, at) => at % 7 === 3 && char === "/" ? "\\/" : char,
  )
);
const number = fc.constantFrom(
  ...["0", "-0", "1.0", "12345678901234567890", "1E+2", "-1.5e-300"],
);
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    string,
    number,
    fc.constantFrom("true", "false", "null", "{}", "[]", "[ ]", "{\t}"),
    fc.array(tie("value"), { maxLength: 4 }).map((items) =>
      `[${items.join(" , ")}]`
    ),
    fc.array(fc.tuple(string, tie("value")), { maxLength: 4 }).map((pairs) =>
      `{${pairs.map(([name, value]) => `${name}:${value}`).join(",")}}`
    ),
  ),
}));

Deno.test("jsonMembers finds each value as it is written", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(spaced, string, spaced, spaced, value, spaced), {
        maxLength: 6,
      }),
      spaced,
      (parts, space) => {
        const text = `${space}{${space}${
          parts.map(([a, name, b, c, value, d]) =>
            `${a}${name}${b}:${c}${value}${d}`
          ).join(",")
        }}${space}`;
        const found = jsonMembers(text);
        const expected = new Map(
          parts.map(([, name, , , value]) => [JSON.parse(name), value]),
        );
        assertEquals(found, expected);
        const parsed = JSON.parse(text);
        for (const [name, own] of found) {
          assertEquals(JSON.parse(own), parsed[name]);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

Deno.test("jsonMembers takes as long as the text is", () => {
  const depth = 200_000;
  const value = `${"[".repeat(depth)}${"]".repeat(depth)}`;
  const slashes = JSON.stringify("\\".repeat(depth));
  const text = `{"a":${value},"b":${slashes},"c":[${slashes}]}`;
  assertEquals([...jsonMembers(text).values()].map(({ length }) => length), [
    value.length,
    slashes.length,
    slashes.length + 2,
  ]);
});
