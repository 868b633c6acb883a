import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { checkChannel } from "../../events/channel_name.ts";
import { InputError } from "../../events/input_error.ts";
import { nearName, segment } from "./arbitrary_names.ts";

/** The rule, said in another way than the code says it. */
function isName(text: string): boolean {
  const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" +
    "0123456789._-:@+~=/";
  return text.length >= 1 && text.length <= 256 &&
    [...text].every((character) => allowed.includes(character)) &&
    !`/${text}/`.includes("//") && !`/${text}/`.includes("/./") &&
    !`/${text}/`.includes("/../") &&
    text !== "status" && text !== "open" && text !== "error";
}

function isTaken(text: string): boolean {
  try {
    checkChannel(text);
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return false;
  }
}

Deno.test("checkChannel takes names, and nothing else", () => {
  fc.assert(
    fc.property(nearName, (text) => {
      assertEquals(isTaken(text), isName(text), text);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("checkChannel takes every segment, also after and before a slash", () => {
  fc.assert(fc.property(segment, segment, (a, b) => {
    checkChannel(`${a}/${b}`);
    for (const bad of [`/${a}`, `${a}/`, `${a}//${b}`]) {
      assertThrows(() => checkChannel(bad), InputError, "empty");
    }
    for (const dots of [".", ".."]) {
      for (const bad of [`${dots}/${a}`, `${a}/${dots}`, `${a}/${dots}/${b}`]) {
        assertThrows(() => checkChannel(bad), InputError, ". or ..");
      }
    }
  }));
});

for (
  const name of [
    ...["a", "Z", "0", "user.42", "user:42", "user/42/inbox", "a@b.c", "a+b"],
    ...[
      "a~b=c",
      "_",
      "-",
      ":",
      "=",
      "@",
      "...",
      ".a",
      "a..",
      "..a/b..",
      "a/.b",
    ],
    ...["x".repeat(256), `${"x/".repeat(127)}xx`, "Status", "status/open"],
    ...["open.", "a/error", "erro", "statuss"],
  ]
) {
  Deno.test(`checkChannel takes ${name.slice(0, 40)} (${name.length})`, () => {
    checkChannel(name);
  });
}

for (
  const [name, rule] of [
    ["", "1 to 256"],
    ["x".repeat(257), "1 to 256"],
    [`${"x/".repeat(128)}x`, "1 to 256"],
    ...[" ", "a b", "a\n", "\na", "a\0", "a,b", "a#b", "a?b", "a%b", "a*", "*"]
      .map((name) => [name, "1 to 256"]),
    ...[
      "a\\b",
      "é",
      "а",
      "ａ",
      "a\u200b",
      "\ud800",
      "a;b",
      "a&b",
      "a!b",
      "(",
      "a|b",
    ]
      .map((name) => [name, "1 to 256"]),
    ...["a^b", "a`b", '"', "'", "a$b", "{a}", "[a]", "<a>", "\x7f", "\u212a"]
      .map((name) => [name, "1 to 256"]),
    ...["/", "//", "/a", "a/", "a//b"].map((name) => [name, "empty"]),
    ...[".", "..", "./a", "a/.", "../a", "a/..", "a/./b", "a/../b"]
      .map((name) => [name, ". or .."]),
    ...["status", "open", "error"].map((name) => [name, "reserved"]),
  ] as [string, string][]
) {
  Deno.test(`checkChannel refuses ${JSON.stringify(name.slice(0, 40))} (${name.length})`, () => {
    const error = assertThrows(() => checkChannel(name), InputError, rule);
    assertEquals(
      error.message.startsWith(`Cannot use channel ${JSON.stringify(name)}: `),
      true,
    );
  });
}
