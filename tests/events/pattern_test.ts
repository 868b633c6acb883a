import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  ALL,
  anyCovers,
  covers,
  isPattern as hasStar,
  MAX_SEPARATORS,
  overlaps,
  parsePattern,
  patternsOf,
  separatorsOf,
} from "../../events/pattern.ts";
import { checkChannel } from "../../events/channel_name.ts";
import { InputError } from "../../events/input_error.ts";
import { name, nearName } from "./arbitrary_names.ts";
import {
  closeName,
  closePattern,
  nameAndPatterns,
} from "./arbitrary_patterns.ts";

function isTaken(check: (text: string) => unknown, text: string): boolean {
  try {
    check(text);
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return false;
  }
}

/** The rule, said in another way than the code says it. */
function isPattern(text: string): boolean {
  if (text === "*" || isTaken(checkChannel, text)) return true;
  const isCut = [".*", ":*", "/*"].some((end) => text.endsWith(end));
  return isCut && isTaken(checkChannel, text.replace(/\*$/, "Z"));
}

/** What a pattern means, said in another way than the code says it. */
function means(pattern: string, channel: string): boolean {
  const source = pattern.replace(/[.+]/g, "\\$&").replace(/\*$/, ".*");
  return new RegExp(`^${source}$`).test(channel);
}

Deno.test("parsePattern takes *, names, and beginnings up to and with . : or /, and nothing else", () => {
  const near = fc.tuple(
    nearName,
    fc.constantFrom("", "*", ".*", ":*", "/*", "**"),
  )
    .map(([text, end]) => text + end);
  fc.assert(
    fc.property(near, (text) => {
      assertEquals(isTaken(parsePattern, text), isPattern(text), text);
    }),
    { numRuns: 3_000 },
  );
});

for (
  const text of [
    ...["*", "user", "user.*", "user:*", "user/*", "user.42.*", "a/b/*", "a.b"],
    ...[".*", ":*", "a..*", "...*", "a/..b/*", "a/.*", "status.*", "status/*"],
    ...[`${"x".repeat(254)}.*`, "x".repeat(256), "a/.:*", "@.*", "a=b:*"],
  ]
) {
  Deno.test(`parsePattern takes ${text.slice(0, 30)} (${text.length})`, () => {
    assertEquals(parsePattern(text), text);
  });
}

for (
  const [text, rule] of [
    ["", "1 to 256"],
    ...["**", "a*", "user*", "*.*", "*a", ".**", "user.4*", "a-*", "a@*", "a=*"]
      .map((text) => [text, ""]),
    ...["a*b", "a.*.b", "a.*b", "*.a", "a.*/b", "?", "a,b", " *", "* ", "a.* "]
      .map((text) => [text, ""]),
    ...["/*", "//*", "a//*", "./*", "../*", "a/./*", "a/../*"]
      .map((text) => [text, "segment"]),
    ...["status", "open", "error"].map((text) => [text, "reserved"]),
    [`${"x".repeat(255)}.*`, "1 to 256"],
    ["x".repeat(257), "1 to 256"],
    ["user*", "it must be *, a channel's name, or end in .* :* or /*"],
  ] as [string, string][]
) {
  Deno.test(`parsePattern refuses ${JSON.stringify(text.slice(0, 30))} (${text.length})`, () => {
    const error = assertThrows(() => parsePattern(text), InputError, rule);
    assert(
      error.message.startsWith(`Cannot use pattern ${JSON.stringify(text)}: `),
    );
  });
}

for (
  const [pattern, covered, others] of [
    ["*", ["user", "a/b", "*", "user.*", "user.42"], []],
    [
      "user.*",
      ["user.42", "user.42.inbox", "user.*", "user.42.*", "user.42:*", "user."],
      [
        "user",
        "user:42",
        "users.42",
        "user:*",
        "*",
        "use.*",
        "User.42",
        "userx",
      ],
    ],
    ["user", ["user"], ["user.42", "user.*", "*", "use", "users", "USER"]],
    ["a:*", ["a:b", "a:b.c", "a:b/*"], ["a.b", "a", "b:a:c", "xa:b", "a/b"]],
    ["a/*", ["a/b", "a/b/c", "a/.b"], ["a", "a.b", "ab", "b/a/c"]],
    [".*", [".a", "..a"], ["a", "a.b"]],
  ] as [string, string[], string[]][]
) {
  Deno.test(`The pattern ${pattern} covers what it stands for`, () => {
    for (const text of covered) {
      assert(covers(parsePattern(pattern), parsePattern(text)), text);
    }
    for (const text of others) {
      assert(!covers(parsePattern(pattern), parsePattern(text)), text);
    }
  });
}

Deno.test("covers says of a name what the pattern means", () => {
  fc.assert(fc.property(nameAndPatterns, ([text, patterns]) => {
    for (const pattern of patterns) {
      assertEquals(covers(pattern, text), means(pattern, text), pattern);
    }
  }));
  fc.assert(
    fc.property(closePattern, closeName, (pattern, text) => {
      assertEquals(covers(pattern, text), means(pattern, text));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("covers says of two patterns whether all channels of one are the other's, and overlaps whether any is", () => {
  // In few characters, every pattern has a channel that no other one of them covers unless it covers them all.
  fc.assert(
    fc.property(closePattern, closePattern, (a, b) => {
      const ofB = b.endsWith("*")
        ? [b.replace("*", "zz"), b.replace("*", "a/q")]
        : [b];
      assertEquals(
        covers(a, b),
        ofB.every((text) => means(a, text)) && (a === "*" || b !== "*"),
      );
      const ofA = a.endsWith("*")
        ? [a.replace("*", "zz"), a.replace("*", "a/q")]
        : [a];
      const isShared = ofB.some((text) => means(a, text)) ||
        ofA.some((text) => means(b, text));
      assertEquals(overlaps(a, b), isShared);
      assertEquals(overlaps(a, b), overlaps(b, a));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("covers is transitive and reflexive, and * covers everything", () => {
  fc.assert(
    fc.property(closePattern, closePattern, closePattern, (a, b, c) => {
      assert(covers(a, a));
      assert(covers(ALL, a));
      if (covers(a, b) && covers(b, c)) assert(covers(a, c));
      if (covers(a, b) && covers(b, a)) assertEquals(a, b);
      if (covers(a, b)) assert(overlaps(a, b));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("anyCovers needs one pattern that covers the whole", () => {
  const patterns = ["user.1", "user.2.*"].map(parsePattern);
  fc.assert(fc.property(name, (text) => {
    assertEquals(
      anyCovers(patterns, text),
      text === "user.1" || text.startsWith("user.2."),
    );
  }));
  assert(anyCovers(patterns, "user.2.a"));
  assert(anyCovers(patterns, parsePattern("user.2.b.*")));
  assert(!anyCovers(patterns, parsePattern("user.*")));
  assert(!anyCovers([], "user.1"));
});

Deno.test("patternsOf names each pattern that covers a channel, and no other", () => {
  fc.assert(fc.property(nameAndPatterns, ([channel, patterns]) => {
    const found = patternsOf(channel);
    const wanted = patterns.filter((pattern) =>
      hasStar(pattern) && means(pattern, channel) &&
      separatorsOf(pattern).length <= MAX_SEPARATORS
    );
    for (const pattern of wanted) assert(found.includes(pattern), pattern);
    for (const pattern of found) {
      assert(means(parsePattern(pattern), channel), pattern);
    }
    assertEquals(new Set(found).size, found.length);
  }));
});

Deno.test("patternsOf names the pattern of all channels, and 32 more at most", () => {
  const found = patternsOf("a.".repeat(40));
  assertEquals(found.length, 33);
  assertEquals(found[0], "*");
  assertEquals(found.at(-1), `${"a.".repeat(32)}*`);
  assertEquals(patternsOf("a"), ["*"]);
});
