import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { UnauthorizedError } from "../../access/access_error.ts";
import {
  cookieReader,
  cookieValues,
  isCookieName,
} from "../../access/cookie.ts";
import { askingWith } from "./grants.ts";

const read = (cookie: string, name = "a") =>
  cookieReader(name, () => true)(askingWith({ cookie }))?.text;

/** A name as RFC 6265 allows it. */
const NAME = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,9}$/);
/** A value as RFC 6265 allows it, without the quotes that may stand around it. */
const VALUE = fc.stringMatching(/^[!#-+\--:<-[\]-~]{0,20}$/);

Deno.test("cookieValues finds the values of a name, in their order, among any other cookies", () => {
  const pairs = fc.array(
    fc.record({ name: NAME, value: VALUE, isQuoted: fc.boolean() }),
    { maxLength: 8 },
  );
  const separator = fc.constantFrom(";", "; ", " ; ", ";\t");
  fc.assert(fc.property(pairs, separator, NAME, (pairs, separator, name) => {
    // So that there is something to find.
    const named = pairs.map((pair, i) => i % 2 ? { ...pair, name } : pair);
    const header = named.map(({ name, value, isQuoted }) =>
      isQuoted ? `${name}="${value}"` : `${name}=${value}`
    ).join(separator);
    assertEquals(
      cookieValues(header, name),
      named.filter((pair) => pair.name === name).map(({ value }) => value),
    );
  }));
});

Deno.test("cookieValues takes any text without an error, and finds no name that is not in it", () => {
  fc.assert(fc.property(fc.string(), NAME, (header, name) => {
    const found = cookieValues(header, name);
    if (!header.includes(`${name}`)) assertEquals(found, []);
    for (const value of found) assertEquals(header.includes(value), true);
  }));
});

for (
  const [header, expected] of [
    ["a=1", ["1"]],
    ["a=1; b=2; a=3", ["1", "3"]],
    ["b=a=1", []],
    ["a=b=c==", ["b=c=="]],
    ["aa=1; xa=2; a.=3; A=4", []],
    ["a", []],
    ["ab; ", []],
    ["ab", []],
    ["a; a=1", ["1"]],
    ["=a; =1", []],
    ["a=", [""]],
    [' a = "1" ', ["1"]],
    ['a="1', ['"1']],
    ['a=1"', ['1"']],
    ['a="', ['"']],
    ['a=""', [""]],
    ['a=""1""', ['"1"']],
    ['a="1;2"', ['"1']],
    ["a=1,a=2", ["1,a=2"]],
    ["b=;a=1", ["1"]],
    ["a=%31", ["%31"]],
    ["\u00a0a=1", []],
    ["a=1\u00a0", ["1\u00a0"]],
    ["", []],
    [";;", []],
  ] as const
) {
  Deno.test(`cookieValues reads ${JSON.stringify(header)}`, () => {
    assertEquals<readonly string[]>(cookieValues(header, "a"), expected);
  });
}

Deno.test("A cookie's name is taken as it is, not as a pattern", () => {
  assertEquals(cookieValues("axb=1; a.b=2", "a.b"), ["2"]);
  assertEquals(cookieValues("a=1", "a*"), []);
});

Deno.test("cookieReader finds the credential in its cookie alone", () => {
  assertEquals(cookieReader("a", () => true)(askingWith({ cookie: "a=t" })), {
    kind: "cookie",
    text: "t",
  });
  assertEquals(read("b=t"), undefined);
  const asking = askingWith({ authorization: "Bearer t" }, "a=t&cookie=a%3Dt");
  assertEquals(cookieReader("a", () => true)(asking), undefined);
});

Deno.test("cookieReader takes an empty cookie for none: a site that logs out may leave one", () => {
  assertEquals(read("a="), undefined);
  assertEquals(read('a=""; a='), undefined);
});

Deno.test("cookieReader finds nothing where the request's cookies do not count, whatever they are", () => {
  for (const cookie of ["a=t", "a=t; a=u"]) {
    const asking = askingWith({ cookie });
    const seen: unknown[] = [];
    const reader = cookieReader("a", (asking) => {
      seen.push(asking);
      return false;
    });
    assertEquals(reader(asking), undefined);
    assertEquals(seen, [asking]);
  }
});

Deno.test("cookieReader refuses two different cookies of the name: another site below the domain may have set one", () => {
  for (
    const cookie of [
      ["a=t", "a=u"],
      ["a=", "a=u"],
      ["a=t", "a="],
      ["a=t", "a=t", "a=u"],
    ].map((pairs) => pairs.join("; "))
  ) {
    const error = assertThrows(
      () => read(cookie),
      UnauthorizedError,
      "Cannot take the credential in the cookie a: there must be one such cookie only",
    );
    assertEquals([error.isWrong, error.missing], [true, []]);
  }
  assertEquals(read('a=t; a="t"; b=u'), "t");
});

Deno.test("isCookieName takes what RFC 6265 allows, and nothing else", () => {
  fc.assert(
    fc.property(NAME, (name) => assertEquals(isCookieName(name), true)),
  );
  for (const bad of ' \t\n=;,"()<>@:\\/[]?{}é\0\x7f') {
    for (const name of [bad, `a${bad}`, `${bad}a`, `a${bad}b`]) {
      assertEquals(isCookieName(name), false, JSON.stringify(name));
    }
  }
  assertEquals(isCookieName(""), false);
});
