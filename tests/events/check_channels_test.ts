import { assertThrows } from "@std/assert";
import { checkChannels } from "../../events/check_channels.ts";
import { InputError } from "../../events/input_error.ts";

Deno.test("checkChannels takes 256 names, checks each, and refuses 257", () => {
  const names = Array.from({ length: 257 }, (_, i) => `c${i}`);
  checkChannels(names.slice(1));
  assertThrows(
    () => checkChannels(names),
    InputError,
    "Cannot use 257 channels: there must be 256 at most",
  );
  for (const i of [0, 1, 255]) {
    const list = names.slice(1).with(i, "a b");
    assertThrows(() => checkChannels(list), InputError, '"a b"');
  }
});

Deno.test("checkChannels takes patterns, and refuses those that no name could match", () => {
  checkChannels(["*", "news.*", "a:b:*", "user/42/*", "news.vip"]);
  for (const text of ["news*", "**", "*.news", "a*b", ".*.*", "a//*"]) {
    assertThrows(() => checkChannels(["a", text]), InputError, `"${text}"`);
  }
});

Deno.test("checkChannels takes patterns with 32 separators, and refuses 33", () => {
  checkChannels([`${"a.".repeat(32)}*`, "b.".repeat(127)]);
  const long = `${"a.b:".repeat(16)}c/*`;
  assertThrows(
    () => checkChannels([long]),
    InputError,
    `Cannot use pattern "${long}": a stream's pattern must have 32 of . : / at most`,
  );
});
